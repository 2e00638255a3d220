using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The entries of one list, in memory and in rows. Callers that come while a commit runs share the next one. The latest
/// changes are told to the gateways' copies; a new activation is another incarnation, whose copies are made anew.
/// </summary>
[Reentrant, GrainType("timedlist")]
internal sealed partial class TimedListGrain(SettledRows rows, IOptions<AbuseOptions> options, TimeProvider time, ILogger<TimedListGrain> logger)
    : Grain, ITimedListGrain
{
    /// <summary>Changes that are remembered; a copy that is older lists all entries anew.</summary>
    internal const int KeptChanges = 1000;

    // One operation of a commit is the head.
    private const int EntriesPerCommit = StoreLimits.BatchOperations - 1;

    private readonly AsyncMutex writers = new();
    private readonly Dictionary<string, TimedChange> pending = new(StringComparer.Ordinal);
    private readonly Queue<TimedChange> log = new();
    private Dictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);
    private MessageId incarnation;
    private ETag? head;
    private long version;

    private string Partition => TimedRows.Partition(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await LoadAsync();
        var period = options.Value.PurgePeriod;
        this.RegisterGrainTimer(_ => PurgeAsync(), new GrainTimerCreationOptions(period, period) { Interleave = true });
    }

    public async Task<bool> AddAsync(TimedEntry entry)
    {
        // Blocks, which anybody with enough addresses can fill the list with, leave room for guarded accounts, and for networks.
        var limit = entry.Reason is TimedReasons.Guarded or TimedReasons.Site ? 2 * options.Value.MaxEntries : options.Value.MaxEntries;
        if (!ends.ContainsKey(entry.Subject) && ends.Count + pending.Count >= limit)
            return false;
        if (entry.Reason == TimedReasons.Probes && options.Value.SiteBlocks > 0 && !Holds(entry.Subject))
            _ = GrainFactory.SiteBudgetOf(entry.Subject)?.FailInSiteAsync(options.Value.ClientLimit); // one way
        pending[entry.Subject] = new TimedChange(entry, Added: true);
        await WriteAsync();
        return true;
    }

    public async Task<bool> RemoveAsync(string subject)
    {
        if (!ends.TryGetValue(subject, out var end))
        {
            Apply(new TimedChange(new TimedEntry(subject, time.GetUtcNow(), ""), Added: false));
            await AnnounceAsync();
            return false;
        }

        pending[subject] = new TimedChange(new TimedEntry(subject, end, ""), Added: false);
        await WriteAsync();
        return end > time.GetUtcNow();
    }

    public async Task<TimedPage> ListAsync(string after, int limit)
    {
        var range = RowRange.Prefix(Partition, TimedRows.Entries);
        if (after.Length > 0)
            range = range.After(TimedRows.Key(after));
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));
        var now = time.GetUtcNow();
        return new TimedPage(
            page.Rows.Select(TimedRows.Decode).Where(entry => entry.Until > now).ToArray(),
            page.Next is null ? null : TimedRows.SubjectOf(page.Rows[^1].Key));
    }

    public Task<TimedChanges> ReadChangesAsync(MessageId incarnation, long since)
    {
        var missed = version - since;
        var known = incarnation == this.incarnation && missed >= 0 && missed <= log.Count;
        IReadOnlyList<TimedChange> changes = known ? log.Skip(log.Count - (int)missed).ToArray() : [];
        return Task.FromResult(new TimedChanges(this.incarnation, version, !known, changes));
    }

    private async Task LoadAsync()
    {
        var loaded = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var headRow = await rows.ReadAsync(new RowKey(Partition, TimedRows.Head));
        for (RowRange? rest = RowRange.Prefix(Partition, TimedRows.Entries); rest is { } range;)
        {
            var page = await rows.ScanAsync(range, StoreLimits.PageRows);
            foreach (var entry in page.Rows.Select(TimedRows.Decode))
                loaded[entry.Subject] = entry.Until;
            rest = page.Next;
        }

        ends = loaded;
        head = headRow?.ETag;
        log.Clear();
        version = 0;
        incarnation = MessageId.New(time);
    }

    private async Task WriteAsync()
    {
        var isChanged = false;
        try
        {
            using (await writers.EnterAsync())
            {
                while (pending.Count > 0) // else who came before has written it
                    isChanged |= await CommitAsync([.. pending.Values.Take(EntriesPerCommit)]);
            }
        }
        finally
        {
            if (isChanged)
                await AnnounceAsync(); // what is durable, though the rest may not be
        }
    }

    /// <summary>Writes changes; what fails stays pending, for the next who writes. False: another activation has written, and all was read anew.</summary>
    private async Task<bool> CommitAsync(IReadOnlyList<TimedChange> changes)
    {
        var batch = new RowBatch(Partition);
        batch = head is { } etag ? batch.Replace(TimedRows.Head, TimedRows.HeadValue, etag) : batch.Insert(TimedRows.Head, TimedRows.HeadValue);
        foreach (var change in changes)
        {
            var key = TimedRows.Key(change.Entry.Subject);
            batch = change.Added ? batch.Upsert(key, TimedRows.Encode(change.Entry)) : batch.Delete(key);
        }

        if ((await rows.CommitAsync(batch)) is not { Outcome: CommitOutcome.Done, ETags: [var next, ..] })
        {
            await LoadAsync();
            return false;
        }

        head = next;
        foreach (var change in changes)
            Apply(change);
        return true;
    }

    private void Apply(TimedChange change)
    {
        var subject = change.Entry.Subject;
        if (pending.TryGetValue(subject, out var waiting) && ReferenceEquals(waiting, change))
            pending.Remove(subject);
        if (change.Added)
            ends[subject] = change.Entry.Until;
        else
            ends.Remove(subject);
        version++;
        log.Enqueue(change);
        if (log.Count > KeptChanges)
            log.Dequeue();
    }

    /// <summary>Whether an entry is there, or is being added.</summary>
    private bool Holds(string subject) =>
        (pending.TryGetValue(subject, out var change) && change.Added) || (ends.TryGetValue(subject, out var end) && end > time.GetUtcNow());

    private async Task PurgeAsync()
    {
        try
        {
            var now = time.GetUtcNow();
            using (await writers.EnterAsync())
            {
                foreach (var part in ends.Where(each => each.Value <= now).Select(each => each.Key).ToArray().Chunk(EntriesPerCommit))
                {
                    if (!await CommitAsync([.. part.Select(subject => new TimedChange(new TimedEntry(subject, now, ""), Added: false))]))
                        break;
                }
            }

            await WriteAsync(); // what a store in trouble did not take
        }
        catch (Exception exception)
        {
            LogNotPurged(exception, this.GetPrimaryKeyString());
        }
    }

    /// <summary>The change is durable already; gateways that miss the news look for themselves within half a minute.</summary>
    private async Task AnnounceAsync()
    {
        try
        {
            await GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.TheKey).TimedChangedAsync();
        }
        catch (Exception exception)
        {
            LogNotAnnounced(exception, this.GetPrimaryKeyString());
        }
    }

    [LoggerMessage(903, LogLevel.Warning, "a change of the list {List} was not announced; gateways find it later")]
    private partial void LogNotAnnounced(Exception exception, string list);

    [LoggerMessage(904, LogLevel.Warning, "what has ended in the list {List} was not deleted; it is tried again")]
    private partial void LogNotPurged(Exception exception, string list);
}
