using System.Diagnostics;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The entries in memory that owe their senders a report. Those of one attempt at a message are told of in one.</summary>
internal sealed class ReportFeed(QueueShard shard)
{
    private const int Width = 16;

    private readonly Queue<QueueItem> ready = new();

    // The reports that are being made, each with the entries that came meanwhile and may belong to it.
    private readonly Dictionary<(string Neighbours, long Number), List<QueueItem>> making = [];

    // The entries whose rows are about to say that they owe a report.
    private readonly Dictionary<(string Neighbours, long Number), HashSet<Task>> coming = [];

    /// <summary>An entry is about to owe a report, which waits for it: who shares it is told of at once. Never fails.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="number">The report's number.</param>
    /// <param name="write">Brings its row into the store and never fails.</param>
    public async Task ExpectAsync(string key, long number, Task write)
    {
        var report = (QueueKeys.NeighboursOf(key), number);
        if (!coming.TryGetValue(report, out var writes))
            coming.Add(report, writes = []);
        writes.Add(write);
        await write;
        if (writes.Remove(write) && writes.Count == 0)
            coming.Remove(report);
    }

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
    private async Task RunAsync(IDeliveryReports reports, QueueItem first, (string Neighbours, long Number) report)
    {
        Activity.Current = null; // no part of the trace of whoever started it
        var group = new List<QueueItem> { first };
        first.State = ItemState.Busy;
        try
        {
            await WaitAsync(report);
            await GatherAsync(first, group);
            await SendAsync(reports, [.. group.Select(static item => item.Entry)], first.Key);

            // Until their rows say so, whoever looked for the rest of the report would find them again.
            await Task.WhenAll(group.Select(item => shard.EndAsync(item, shard.Services.Outcomes.Told(item.Entry))));
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

    private async Task SendAsync(IDeliveryReports reports, QueueEntry[] entries, string key)
    {
        try
        {
            await Task.Run(() => reports.SendAsync(entries), shard.Stopping); // making it is nothing for a grain's turn
        }
        catch (Exception failure) when (!IsPassing(failure))
        {
            // It would fail for ever, and what is delayed would never be tried again.
            shard.LogUnreportable(failure, key);
            shard.Services.ReportMetrics.Unreportable(entries[0].Report);
        }
    }

    /// <summary>Trouble of the store or the cluster.</summary>
    private static bool IsPassing(Exception failure) =>
        failure is StorageException or IOException or TimeoutException or OperationCanceledException or OrleansException;

    /// <summary>Waits for who is about to join the report, but not for long when the store is in trouble: they make another one then.</summary>
    private async ValueTask WaitAsync((string, long) report)
    {
        if (coming.TryGetValue(report, out var writes))
            await Task.WhenAny(Task.WhenAll(writes), Task.Delay(QueueShard.Rest, shard.Services.Time, shard.Stopping));
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
        var (number, sender) = (first.Entry.ReportNumber, first.Entry.Sender);
        if (number == 0)
            return;
        var partition = first.Partition;
        for (RowRange? rest = RowRange.Prefix(partition.Name, QueueKeys.NeighboursOf(first.Key)); rest is { } range;)
        {
            var page = await partition.ScanAsync(range, StoreLimits.PageRows);
            foreach (var row in page.Rows)
            {
                if (row.Key == first.Key || QueueRow.Decode(row.Value) is not { Lane: DueLane.Report, Entry: { } entry } known || entry.ReportNumber != number || entry.Sender != sender)
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
