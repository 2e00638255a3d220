using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// A shard of the queue. Its truth is its rows: an entry, and beside it in the same commit when it is due. Reentrant:
/// who hands entries over never waits for attempts. What it has in memory is only which attempts run.
/// </summary>
[Reentrant, GrainType("queue")]
internal sealed partial class QueueGrain : Grain, IQueueGrain, IRemindable
{
    private const string Reminder = "wake";

    /// <summary>Entries of one commit: each is two rows.</summary>
    private const int EntriesPerCommit = StoreLimits.BatchOperations / 2;

    private readonly SettledRows rows;
    private readonly BodyHolders holders;
    private readonly StoreDeadline deadline;
    private readonly QueueAttempts attempts;
    private readonly RetrySchedule schedule;
    private readonly QueueOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<QueueGrain> logger;
    private readonly string partition;
    private Task? registered;

    public QueueGrain(
        SettledRows rows,
        BodyHolders holders,
        StoreDeadline deadline,
        QueueAttempts attempts,
        RetrySchedule schedule,
        IOptions<QueueOptions> options,
        TimeProvider time,
        ILogger<QueueGrain> logger)
    {
        this.rows = rows;
        this.holders = holders;
        this.deadline = deadline;
        this.attempts = attempts;
        this.schedule = schedule;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        partition = QueueKeys.Partition(this.GetPrimaryKeyLong());
    }

    public async Task AcceptAsync(IReadOnlyList<QueueEntry> entries)
    {
        await RegisterAsync();
        foreach (var part in entries.DistinctBy(KeyOf).Chunk(EntriesPerCommit))
            await InsertAsync([.. part]);
        Pump();
    }

    public async Task WakeAsync()
    {
        var any = await rows.ScanAsync(RowRange.Prefix(partition, QueueKeys.Due), 1);
        if (any.Rows.Count == 0)
            return;
        await RegisterAsync();
        Pump();
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Pump();
        return Task.CompletedTask;
    }

    public async Task<QueuePage> ListAsync(string after, int limit)
    {
        var range = RowRange.Prefix(partition, QueueKeys.Entries);
        if (after.Length > 0)
            range = range.After(after);
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));
        var entries = page.Rows.Select(static row => QueueRow.Decode(row.Value).Entry).OfType<QueueEntry>().ToArray();
        return new QueuePage(entries, page.Next is null ? null : page.Rows[^1].Key);
    }

    private static string KeyOf(QueueEntry entry) => QueueKeys.Entry(entry.Target, entry.Id);

    private async Task RegisterAsync()
    {
        try
        {
            await (registered ??= this.RegisterOrUpdateReminder(Reminder, options.Period, options.Period));
        }
        catch (Exception)
        {
            registered = null; // the next caller tries again
            throw;
        }
    }

    private async Task InsertAsync(List<QueueEntry> entries)
    {
        while (entries.Count > 0)
        {
            var batch = new RowBatch(partition);
            foreach (var entry in entries)
            {
                var row = new QueueRow(entry, entry.Due);
                Insert(batch, KeyOf(entry), row);
                if (!entry.Body.Shared)
                    batch.Require(entry.Body);
            }

            var result = await rows.CommitAsync(batch);
            switch (result.Outcome)
            {
                case CommitOutcome.Done:
                    return;
                case CommitOutcome.Conflict:
                    var there = entries[result.Index / 2];
                    entries.Remove(there);
                    await ReleaseRepeatedAsync(there);
                    break;
                case CommitOutcome.BodyMissing when await FindTakenAsync(entries, result.Index) is { } taken:
                    entries.Remove(taken);
                    break;
                default:
                    throw new StorageException("the body of a message for the queue is not there");
            }
        }
    }

    /// <summary>An entry whose body is gone because it was taken before and has ended, or holds another one by now.</summary>
    private async Task<QueueEntry?> FindTakenAsync(IReadOnlyList<QueueEntry> entries, int required)
    {
        var entry = entries.Where(static entry => !entry.Body.Shared).ElementAt(required);
        return await rows.ReadAsync(new RowKey(partition, KeyOf(entry))) is null ? null : entry;
    }

    // The due time is no condition: only its entry says whether it counts.
    private static void Insert(RowBatch batch, string key, QueueRow row) =>
        batch.Insert(key, row.Encode()).Upsert(QueueKeys.DueOf(row.Lane, row.Due, key), Encoding.ASCII.GetBytes(key));

    /// <summary>The entry was taken before. If it is finished already, or has another body, nobody else gives up the one that it was handed over with.</summary>
    private async Task ReleaseRepeatedAsync(QueueEntry entry)
    {
        var key = KeyOf(entry);
        var row = await rows.ReadAsync(new RowKey(partition, key));
        var uses = row is not null && QueueRow.Decode(row.Value).Entry is { } known && known.Body with { Shared = entry.Body.Shared } == entry.Body;
        if (!uses)
            await TryReleaseAsync(entry.Body, key);
    }

    private async Task TryReleaseAsync(BodyRef body, string key)
    {
        try
        {
            await holders.ReleaseAsync(body, new RowKey(partition, key), deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotReleased(failure, key); // the sweep finds it
        }
    }
}
