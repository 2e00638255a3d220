using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>What operators see of a shard, and do with its entries.</summary>
internal sealed class ShardManagement(QueueShard shard)
{
    /// <summary>Entries in memory that a listing shows at most.</summary>
    private const int MaxUnindexed = 1000;

    private QueueOutcomes Outcomes => shard.Services.Outcomes;

    private DateTimeOffset Now => shard.Services.Time.GetUtcNow();

    /// <summary>Entries that never had to wait, and so stand in no index.</summary>
    public IReadOnlyList<QueueEntry> ListUnindexed(QueueFilter filter)
    {
        var found = new List<QueueEntry>();
        foreach (var partition in shard.Partitions)
        {
            foreach (var item in partition.Items.Values)
            {
                if (found.Count < MaxUnindexed && item.State != ItemState.Inserting && !item.Row.Indexed && QueueListing.Matches(filter, item.Entry))
                    found.Add(item.Entry);
            }
        }

        return found;
    }

    /// <summary>Changes entries; those that are being attempted when that has ended.</summary>
    public async Task<int> ChangeAsync(int partition, IReadOnlyList<string> keys, QueueChange change)
    {
        var served = shard.Partition(partition);
        if (change is QueueChange.Resend or QueueChange.Release)
        {
            foreach (var destination in keys.Select(QueueKeys.DestinationOf).Distinct())
                served.Feeds.GetValueOrDefault(destination)?.Reopen();
        }

        var number = Outcomes.NewReportNumber(); // the recipients of one message that are given up together are told of together
        var changed = await Task.WhenAll(keys.Select(key => ChangeAsync(served, key, change, number)));
        return changed.Count(done => done);
    }

    public async Task<QueueStatus> ReadStatusAsync()
    {
        var lanes = new List<QueueLaneStatus>();
        for (var lane = 0; lane < DueLane.IndexOf(DueLane.Held); lane++)
        {
            var entries = shard.Partitions.Sum(partition => partition.Counts.Of(lane));
            if (entries > 0)
                lanes.Add(new QueueLaneStatus(DueLane.Names[lane], entries, await ReadOldestAsync(lane)));
        }

        shard.Services.Metrics.Report(shard.Number, lanes);
        return new QueueStatus(lanes, shard.Partitions.Sum(partition => partition.Counts.Of(DueLane.IndexOf(DueLane.Held))));
    }

    /// <summary>Counts what waits, once. A failure is logged: the next start counts.</summary>
    public async Task CountAsync()
    {
        foreach (var partition in shard.Partitions.ToArray())
        {
            try
            {
                await partition.Counts.CountAsync();
            }
            catch (Exception failure)
            {
                shard.LogNotPumped(failure, partition.Name);
            }
        }
    }

    /// <summary>Brings the metrics up to date. A failure is logged.</summary>
    public async Task MeasureAsync()
    {
        try
        {
            await ReadStatusAsync();
        }
        catch (Exception failure)
        {
            shard.LogNotPumped(failure, "metrics");
        }
    }

    private async Task<DateTimeOffset?> ReadOldestAsync(int lane)
    {
        DateTimeOffset? oldest = null;
        foreach (var partition in shard.Partitions.ToArray())
        {
            if (partition.Counts.Of(lane) == 0)
                continue;
            var first = await partition.ScanAsync(RowRange.Prefix(partition.Name, QueueKeys.DueIn(DueLane.All[lane])), 1);
            if (first.Rows.Count > 0 && QueueKeys.TimeOf(first.Rows[0].Key) is var due && !(due >= oldest))
                oldest = due;
        }

        return oldest;
    }

    /// <summary>What is being attempted is held or given up when the attempt has not succeeded.</summary>
    private static bool TryWish(QueueItem item, QueueChange change)
    {
        if (change is not (QueueChange.Hold or QueueChange.Delete or QueueChange.DeleteSilently))
            return false;
        item.Wish = change;
        return true;
    }

    private async Task<bool> ChangeAsync(QueuePartition partition, string key, QueueChange change, long number)
    {
        if (partition.Items.TryGetValue(key, out var item))
        {
            if (item.State == ItemState.Busy && !shard.IsOthers(item))
                return TryWish(item, change);
            if (item.State is not (ItemState.Ready or ItemState.Resting) || shard.IsOthers(item))
                return false;
            var before = shard.IsOurs(item) ? Outcomes.GivenBack(item.Row).Entry! : item.Entry;
            if (Outcomes.Changed(before, change, number) is not { } then)
                return false;
            await shard.EndAsync(item, then);
            return true;
        }

        if (await partition.ReadAsync(key) is not { } row || QueueRow.Decode(row.Value) is not { Finished: false, Entry: { } entry } known)
            return false;
        if (partition.Items.ContainsKey(key) || (known.Claim is { } claim && claim.Until > Now && shard.Services.Silos.IsAlive(claim.Silo)))
            return false;
        if (Outcomes.Changed(entry, change, number) is not { } next)
            return false;
        var brought = shard.Enter(partition, key, known, row.ETag, QueueWindow.ShareOf(DueLane.Local));
        await shard.EndAsync(brought, next);
        return true;
    }
}
