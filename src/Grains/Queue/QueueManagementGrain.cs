using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The whole queue as management sees it. It reads rows itself; what is changed, the shards change.</summary>
[StatelessWorker, Reentrant, GrainType("queue-management")]
internal sealed class QueueManagementGrain(SettledRows rows, QueueListing listing, IOptions<QueueOptions> options) : Grain, IQueueManagementGrain
{
    private const int ChangesOfPage = 500;

    public async Task<QueuePage> ListAsync(QueueFilter filter, string after, int limit)
    {
        var unindexed = await ListUnindexedAsync(filter, after);
        var (entries, next) = await listing.ReadAsync(filter, after, Math.Clamp(limit, 1, StoreLimits.PageRows));
        return new QueuePage([.. unindexed, .. entries.Select(found => found.Entry)], next);
    }

    public async Task<QueueChanged> ChangeAsync(QueueFilter filter, QueueChange change, string after)
    {
        var (entries, next) = await listing.ReadAsync(filter, after, ChangesOfPage);
        var all = (await ListUnindexedAsync(filter, after))
            .Select(entry => (Partition: QueueKeys.PartitionOf(entry.Target), Key: QueueKeys.Entry(entry.Target, entry.Id)))
            .Concat(entries.Select(found => (found.Partition, found.Key)))
            .Distinct();
        var changed = await Task.WhenAll(all
            .GroupBy(each => each.Partition, each => each.Key)
            .Select(group => ShardOf(group.Key).ChangeAsync(group.Key, group.ToArray(), change)));
        return new QueueChanged(changed.Sum(), next);
    }

    public async Task<QueueEntry?> FindAsync(MessageId id, Target target) =>
        await rows.ReadAsync(QueueKeys.EntryOf(target, id)) is { } row ? QueueRow.Decode(row.Value).Entry : null;

    public async Task<QueueStatus> ReadStatusAsync()
    {
        var shards = await Task.WhenAll(Shards.Select(shard => shard.ReadStatusAsync()));
        var lanes = shards
            .SelectMany(shard => shard.Lanes)
            .GroupBy(lane => lane.Lane)
            .Select(lane => new QueueLaneStatus(lane.Key, lane.Sum(each => each.Entries), lane.Min(each => each.Oldest)));
        return new QueueStatus(lanes.ToArray(), shards.Sum(shard => shard.Held));
    }

    private IEnumerable<IQueueGrain> Shards => Enumerable.Range(0, options.Value.Shards).Select(shard => GrainFactory.GetGrain<IQueueGrain>(shard));

    private IQueueGrain ShardOf(int partition) => GrainFactory.GetGrain<IQueueGrain>(partition % options.Value.Shards);

    /// <summary>What never had to wait stands in no index of senders or messages; the shards tell it with the first page.</summary>
    private async Task<IReadOnlyList<QueueEntry>> ListUnindexedAsync(QueueFilter filter, string after)
    {
        if (after.Length > 0 || (filter.Id is null && (filter.Sender.Length == 0 || filter.Domain.Length > 0 || filter.Mailbox.Length > 0)))
            return [];
        var found = await Task.WhenAll(Shards.Select(shard => shard.ListUnindexedAsync(filter)));
        return [.. found.SelectMany(entries => entries)];
    }
}
