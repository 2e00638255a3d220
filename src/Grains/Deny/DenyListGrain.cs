using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The deny entries of one kind. What it answers it reads from the rows, so a second activation is never stale; writers
/// take turns, and the insertion of the next version proves that nobody else has written.
/// </summary>
[Reentrant, GrainType("deny")]
internal sealed partial class DenyListGrain(SettledRows rows, ILogger<DenyListGrain> logger) : Grain, IDenyListGrain
{
    /// <summary>Versions that the log keeps; a copy that is older lists all entries anew.</summary>
    internal const int KeptVersions = 1000;

    // Of a commit's operations one is the new version and one the version that leaves the log.
    private const int EntriesPerCommit = StoreLimits.BatchOperations - 2;
    private const int CommitsPerCall = 10;
    private const int VersionsPerPage = 100;

    private readonly AsyncMutex writers = new();
    private long? last;

    private string Kind => this.GetPrimaryKeyString();

    private string Partition => DenyRows.Partition(Kind);

    public async Task<DenyResult> AddAsync(string entry)
    {
        var key = DenyRows.Entry(entry);
        if (!KeyText.IsValid(key))
            return DenyResult.TooLong;
        using (await writers.EnterAsync())
        {
            int? refused;
            do
            {
                var batch = await BeginAsync([new DenyChange(entry, Added: true)]);
                refused = await CommitAsync(batch.Insert(key, DenyRows.EntryValue));
                if (refused > 0)
                    return DenyResult.Exists;
            }
            while (refused is not null);
        }

        await AnnounceAsync();
        return DenyResult.Done;
    }

    public async Task<DenyResult> RemoveAsync(string entry)
    {
        var key = DenyRows.Entry(entry);
        if (!KeyText.IsValid(key))
            return DenyResult.NotFound;
        using (await writers.EnterAsync())
        {
            int? refused;
            do
            {
                if (await rows.ReadAsync(new RowKey(Partition, key)) is not { } row)
                    return DenyResult.NotFound;
                var batch = await BeginAsync([new DenyChange(entry, Added: false)]);
                refused = await CommitAsync(batch.Delete(key, row.ETag));
            }
            while (refused is not null);
        }

        await AnnounceAsync();
        return DenyResult.Done;
    }

    public async Task<int> RemoveSomeAsync()
    {
        var removed = 0;
        using (await writers.EnterAsync())
        {
            for (var commits = 0; commits < CommitsPerCall; commits++)
            {
                var page = await rows.ScanAsync(RowRange.Prefix(Partition, DenyRows.Entries), EntriesPerCommit);
                if (page.Rows.Count == 0)
                    break;
                var batch = await BeginAsync([.. page.Rows.Select(row => new DenyChange(DenyRows.EntryOf(row.Key), Added: false))]);
                foreach (var row in page.Rows)
                    batch.Delete(row.Key, row.ETag);
                if (await CommitAsync(batch) is null)
                    removed += page.Rows.Count;
            }
        }

        if (removed > 0)
            await AnnounceAsync();
        return removed;
    }

    public async Task<DenyPage> ListAsync(string after, int limit)
    {
        var range = RowRange.Prefix(Partition, DenyRows.Entries);
        if (after.Length > 0)
            range = range.After(DenyRows.Entry(after));
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));
        return new DenyPage(
            page.Rows.Select(row => DenyRows.EntryOf(row.Key)).ToArray(),
            page.Next is null ? null : DenyRows.EntryOf(page.Rows[^1].Key));
    }

    public async Task<DenyChanges> ReadChangesAsync(long since)
    {
        var log = RowRange.Prefix(Partition, DenyRows.Versions);
        // The version that the copy has must still be there, or else what followed it may not be either.
        var page = await rows.ScanAsync(since == 0 ? log : log with { From = DenyRows.Version(since) }, VersionsPerPage);
        var first = page.Rows.Count == 0 ? 0 : DenyRows.VersionOf(page.Rows[0].Key);
        var reaches = since == 0 ? first <= 1 : first == since;
        if (!reaches)
            return new DenyChanges(await ReadLastAsync(), Forgotten: true, []);
        var changes = new List<DenyChange>();
        foreach (var row in page.Rows.Skip(since == 0 ? 0 : 1))
            DenyRows.Decode(row.Value, changes);
        var version = page.Rows.Count == 0 ? 0 : DenyRows.VersionOf(page.Rows[^1].Key);
        return new DenyChanges(version, Forgotten: false, changes);
    }

    private async ValueTask<RowBatch> BeginAsync(IReadOnlyList<DenyChange> changes)
    {
        var version = (last ??= await ReadLastAsync()) + 1;
        var batch = new RowBatch(Partition).Insert(DenyRows.Version(version), DenyRows.Encode(changes));
        return version > KeptVersions ? batch.Delete(DenyRows.Version(version - KeptVersions)) : batch;
    }

    /// <summary>Null when it is done, else the operation that was refused: 0 when another activation has written meanwhile.</summary>
    private async ValueTask<int?> CommitAsync(RowBatch batch)
    {
        var next = last + 1;
        last = null; // until the outcome is certain
        var result = await rows.CommitAsync(batch);
        if (result.Outcome != CommitOutcome.Done)
            return result.Index;
        last = next;
        return null;
    }

    private async ValueTask<long> ReadLastAsync()
    {
        long version = 0;
        for (RowRange? rest = RowRange.Prefix(Partition, DenyRows.Versions); rest is { } range;)
        {
            var page = await rows.ScanAsync(range, StoreLimits.PageRows);
            if (page.Rows.Count > 0)
                version = DenyRows.VersionOf(page.Rows[^1].Key);
            rest = page.Next;
        }

        return version;
    }

    /// <summary>The change is durable already; gateways that miss the news look for themselves within half a minute.</summary>
    private async Task AnnounceAsync()
    {
        try
        {
            await GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.TheKey).DenyChangedAsync();
        }
        catch (Exception exception)
        {
            LogNotAnnounced(exception, Kind);
        }
    }
}
