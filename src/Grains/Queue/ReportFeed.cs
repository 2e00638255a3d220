using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The entries in memory that owe their senders a report. Those of one attempt at a message are told of in one.</summary>
internal sealed class ReportFeed(QueueShard shard)
{
    private const int Width = 16;

    private readonly Queue<QueueItem> ready = new();

    // The reports that are being made, each with the entries that came meanwhile and may belong to it.
    private readonly Dictionary<(string Neighbours, long Number), List<QueueItem>> making = [];

    public void Offer(QueueItem item)
    {
        ready.Enqueue(item);
        Start();
    }

    private void Start()
    {
        while (making.Count < Width && !shard.IsStopped && shard.Services.Reports is { } reports && ready.TryDequeue(out var item))
        {
            if (item.State != ItemState.Ready)
                continue;
            var report = (QueueKeys.NeighboursOf(item.Key), item.Entry.ReportNumber);
            if (making.TryGetValue(report, out var late))
            {
                late.Add(item);
                continue;
            }

            making.Add(report, []);
            _ = RunAsync(reports, item, report);
        }
    }

    /// <summary>From the report to the rows that say that it was sent. Never fails.</summary>
    private async Task RunAsync(IDeliveryReports reports, QueueItem first, (string, long) report)
    {
        var group = new List<QueueItem> { first };
        first.State = ItemState.Busy;
        try
        {
            await GatherAsync(first, group);
            var entries = new QueueEntry[group.Count];
            for (var i = 0; i < entries.Length; i++)
                entries[i] = group[i].Entry;
            await Task.Run(() => reports.SendAsync(entries), shard.Stopping); // making it is nothing for a grain's turn
            foreach (var item in group)
                _ = shard.EndAsync(item, shard.Services.Outcomes.Told(item.Entry));
        }
        catch (Exception failure)
        {
            if (!shard.IsStopped)
                shard.LogNotReported(failure, first.Key);
            var again = shard.Services.Time.GetUtcNow() + QueueShard.Rest;
            foreach (var item in group)
                shard.Pump.Rest(item, again);
        }
        finally
        {
            making.Remove(report, out var late);
            late!.ForEach(ready.Enqueue);
            Start();
        }
    }

    // What is in memory still was written a moment ago, and is about to leave it.
    private QueueItem Renew(QueueItem item, QueueRow known, ETag etag)
    {
        shard.Remove(item);
        return shard.Enter(item.Partition, item.Key, known, etag, WindowShare.Report);
    }

    /// <summary>Finds the other entries of the report: they stand beside the first one.</summary>
    private async Task GatherAsync(QueueItem first, List<QueueItem> group)
    {
        var number = first.Entry.ReportNumber;
        if (number == 0)
            return;
        var partition = first.Partition;
        for (RowRange? rest = RowRange.Prefix(partition.Name, QueueKeys.NeighboursOf(first.Key)); rest is { } range;)
        {
            var page = await partition.ScanAsync(range, StoreLimits.PageRows);
            foreach (var row in page.Rows)
            {
                if (row.Key == first.Key || QueueRow.Decode(row.Value) is not { Lane: DueLane.Report, Entry: { } entry } known || entry.ReportNumber != number)
                    continue;
                if (!partition.Items.TryGetValue(row.Key, out var item))
                    item = shard.Enter(partition, row.Key, known, row.ETag, WindowShare.Report);
                else if (item.State != ItemState.Ready)
                    item = Renew(item, known, row.ETag);
                item.State = ItemState.Busy;
                group.Add(item);
            }

            rest = page.Next;
        }
    }
}
