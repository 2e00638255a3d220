namespace Orleans.Mail.Grains;

/// <summary>Destinations that have room in memory again for what was left of them in the store: their entries stand together there.</summary>
internal sealed class FeedRefills(QueueShard shard)
{
    private const int Page = 256;

    private readonly Queue<(QueuePartition Partition, DestinationFeed Feed)> refills = new();

    public void Add(QueuePartition partition, DestinationFeed feed)
    {
        if (feed.IsRefilled)
            return;
        feed.IsRefilled = true;
        refills.Enqueue((partition, feed));
    }

    /// <summary>Refills once whoever waits for it now. Its faults are logged.</summary>
    public async ValueTask RunAsync()
    {
        for (var count = refills.Count; count > 0 && refills.TryDequeue(out var refill); count--)
        {
            var (partition, feed) = refill;
            feed.IsRefilled = false;
            try
            {
                await RunAsync(partition, feed);
            }
            catch (Exception failure)
            {
                shard.LogNotPumped(failure, partition.Name);
                partition.Restart(); // what was left is found again by its due time
                feed.Skipped = null;
            }
        }
    }

    private async ValueTask RunAsync(QueuePartition partition, DestinationFeed feed)
    {
        if (feed.Skipped is not { } range)
            return;
        var page = await partition.ScanAsync(range, Page);
        var now = shard.Services.Time.GetUtcNow();
        for (var i = 0; i < page.Rows.Count; i++)
        {
            var row = page.Rows[i];
            if (partition.Items.ContainsKey(row.Key) || QueueRow.Decode(row.Value) is not { Finished: false } known || known.Due > now || !IsAttempted(known.Lane))
                continue;
            var share = QueueWindow.ShareOf(known.Lane);
            if (!shard.Window.HasRoom(share, feed.Count))
            {
                if (i > 0)
                    feed.Skipped = range.After(page.Rows[i - 1].Key);
                return;
            }

            shard.Dispatch(shard.Enter(partition, row.Key, known, row.ETag, share));
        }

        feed.Refilled(page.Next);
        if (feed.Skipped is not null && feed.Count < QueueWindow.OfDestinationInNeed)
            shard.Pump.Refill(partition, feed);
    }

    private static bool IsAttempted(char lane) => lane is DueLane.User or DueLane.Notice or DueLane.List or DueLane.Retry;
}
