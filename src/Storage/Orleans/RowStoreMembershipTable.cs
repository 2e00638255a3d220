using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Mail.Storage;

/// <summary>
/// The silos of a cluster as rows of one partition. Every change of a silo replaces the version row in the same batch, so
/// that of two silos that change the table at the same time one is refused and looks again. Signs of life are rows of
/// their own: they touch neither a silo's ETag nor the version.
/// </summary>
internal sealed class RowStoreMembershipTable(IRowStore rows, IOptions<ClusterOptions> cluster) : IMembershipTable
{
    /// <summary>Reads of a table that changes all the time.</summary>
    private const int Attempts = 32;

    private readonly string partition = MembershipRows.Partition(cluster.Value.ClusterId);

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        if (!tryInitTableVersion)
            return;
        var batch = new RowBatch(partition).Insert(MembershipRows.Version, MembershipRows.WriteVersion(0));
        await rows.CommitSettledAsync(batch, CancellationToken.None); // a conflict: the table is there
    }

    public async Task<MembershipTableData> ReadAll()
    {
        var read = await ReadStandingStillAsync();
        var alive = AliveTimes(read.Rows);
        return new MembershipTableData([.. Silos(read.Rows, alive)], read.Version);
    }

    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var read = await ReadStandingStillAsync();
        var alive = AliveTimes(read.Rows);
        return new MembershipTableData([.. Silos(read.Rows, alive).Where(silo => silo.Item1.SiloAddress.Equals(key))], read.Version);
    }

    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        var batch = new RowBatch(partition)
            .Insert(MembershipRows.SiloKey(entry.SiloAddress), MembershipRows.WriteSilo(entry))
            .Replace(MembershipRows.Version, MembershipRows.WriteVersion(tableVersion.Version), new ETag(tableVersion.VersionEtag));
        return (await rows.CommitSettledAsync(batch, CancellationToken.None)).Outcome == CommitOutcome.Done;
    }

    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        var batch = new RowBatch(partition)
            .Replace(MembershipRows.SiloKey(entry.SiloAddress), MembershipRows.WriteSilo(entry), new ETag(etag))
            .Replace(MembershipRows.Version, MembershipRows.WriteVersion(tableVersion.Version), new ETag(tableVersion.VersionEtag));
        return (await rows.CommitSettledAsync(batch, CancellationToken.None)).Outcome == CommitOutcome.Done;
    }

    public async Task UpdateIAmAlive(MembershipEntry entry)
    {
        var batch = new RowBatch(partition).Upsert(MembershipRows.AliveKey(entry.SiloAddress), MembershipRows.WriteAlive(entry));
        await rows.CommitSettledAsync(batch, CancellationToken.None);
    }

    /// <summary>Deletes the dead, and those that never came to join, that have not been heard of since. The version stays: nobody alive is concerned.</summary>
    public async Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate)
    {
        var all = await rows.ScanAllAsync(RowRange.All(partition), CancellationToken.None);
        var alive = AliveTimes(all);
        foreach (var (entry, etag) in Silos(all, alive))
        {
            if (entry.Status is not (SiloStatus.Dead or SiloStatus.Created or SiloStatus.Joining) || LastHeard(entry) >= beforeDate.UtcDateTime)
                continue;
            var batch = new RowBatch(partition)
                .Delete(MembershipRows.SiloKey(entry.SiloAddress), new ETag(etag))
                .Delete(MembershipRows.AliveKey(entry.SiloAddress));
            await rows.CommitSettledAsync(batch, CancellationToken.None); // a conflict: the silo has changed, and stays
        }

        var silos = all.Where(row => MembershipRows.IsSilo(row.Key)).Select(row => MembershipRows.ReadSilo(row).SiloAddress).ToHashSet();
        foreach (var (silo, at) in alive)
        {
            if (!silos.Contains(silo) && at < beforeDate.UtcDateTime)
                await rows.CommitSettledAsync(new RowBatch(partition).Delete(MembershipRows.AliveKey(silo)), CancellationToken.None);
        }
    }

    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        var named = MembershipRows.Partition(clusterId);
        foreach (var some in (await rows.ScanAllAsync(RowRange.All(named), CancellationToken.None)).Chunk(StoreLimits.BatchOperations))
        {
            var batch = new RowBatch(named);
            foreach (var row in some)
                batch.Delete(row.Key);
            await rows.CommitSettledAsync(batch, CancellationToken.None);
        }
    }

    private static DateTime LastHeard(MembershipEntry entry) =>
        entry.SuspectTimes!.Select(suspected => suspected.Item2).Append(entry.IAmAliveTime).Append(entry.StartTime).Max();

    private static Dictionary<SiloAddress, DateTime> AliveTimes(IEnumerable<Row> rows) =>
        rows.Where(row => MembershipRows.IsAlive(row.Key)).Select(MembershipRows.ReadAlive).ToDictionary(alive => alive.Silo, alive => alive.At);

    // A change of a silo writes a sign of life, too: the later one counts.
    private static IEnumerable<Tuple<MembershipEntry, string>> Silos(IEnumerable<Row> rows, Dictionary<SiloAddress, DateTime> alive)
    {
        foreach (var row in rows.Where(row => MembershipRows.IsSilo(row.Key)))
        {
            var entry = MembershipRows.ReadSilo(row);
            if (alive.TryGetValue(entry.SiloAddress, out var at) && at > entry.IAmAliveTime)
                entry.IAmAliveTime = at;
            yield return Tuple.Create(entry, row.ETag.Value);
        }
    }

    /// <summary>
    /// Everything, as it was at one time: the version is read before all other rows and again after them, being the last
    /// of the partition.
    /// </summary>
    private async ValueTask<(IReadOnlyList<Row> Rows, TableVersion Version)> ReadStandingStillAsync()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await rows.ReadAsync(new RowKey(partition, MembershipRows.Version), CancellationToken.None)
                ?? throw new InvalidOperationException($"the membership {partition} has not been initialized");
            var all = await rows.ScanAllAsync(RowRange.All(partition), CancellationToken.None);
            if (all is [.., { Key: MembershipRows.Version } after] && after.ETag == before.ETag)
                return (all, MembershipRows.ReadVersion(after));
        }

        throw new StorageException($"the membership {partition} changes all the time");
    }
}
