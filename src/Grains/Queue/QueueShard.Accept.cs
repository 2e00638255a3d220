using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>How entries come into the queue.</summary>
internal sealed partial class QueueShard
{
    /// <summary>Takes entries durably. Those of one call share commits.</summary>
    public Task AcceptAsync(IReadOnlyList<QueueEntry> entries)
    {
        if (entries.Count == 1)
            return AcceptAsync(entries[0]);
        var accepted = new Task[entries.Count];
        for (var i = 0; i < accepted.Length; i++)
            accepted[i] = AcceptAsync(entries[i]);
        return Task.WhenAll(accepted);
    }

    /// <summary>The earliest time at which something must be done for an entry that is handed over now.</summary>
    public DateTimeOffset DueOf(QueueEntry entry) => entry.Due > Now && !IsFresh(entry) ? entry.Due : Now + Rest;

    /// <summary>It is meant to go at once, whatever the clock of the silo says that made it.</summary>
    private static bool IsFresh(QueueEntry entry) => entry.Attempts == 0 && entry.Due <= entry.Entered;

    private async Task AcceptAsync(QueueEntry entry)
    {
        var partition = Partition(QueueKeys.PartitionOf(entry.Target));
        var key = QueueKeys.Entry(entry.Target, entry.Id);
        if (partition.Items.TryGetValue(key, out var known))
        {
            if (known.Insertion is { } insertion)
                await insertion;
            await ReleaseRepeatedAsync(partition, key, entry);
            return;
        }

        if (entry.Due > Now && IsFresh(entry))
            entry = entry with { Due = Now, NextAttempt = Now };
        var goesOn = entry.Due <= Now && entry is { Failed: false, Report: ReportKind.None, Held: false, Attempts: 0 } && HasRoom(partition, key, entry);
        var row = goesOn ? Outcomes.Fresh(entry, NewClaim()) : Outcomes.Accepted(entry);
        var item = Enter(partition, key, row, default, WindowShare.Fresh);
        await (item.Insertion = InsertAsync(item, entry));
    }

    private bool HasRoom(QueuePartition partition, string key, QueueEntry entry)
    {
        if (IsStopped)
            return false;
        if (entry.Target.Kind != TargetKind.Remote)
            return Window.HasRoomForFresh(0);
        return Services.Relay is not null
            && Window.HasRoomForFresh(partition.Feeds.TryGetValue(QueueKeys.DestinationOf(key), out var feed) ? feed.Count : 0);
    }

    private async Task InsertAsync(QueueItem item, QueueEntry entry)
    {
        var inserted = false;
        try
        {
            var write = new RowWrite(item.Key, item.Hash, null, null, item.Row, entry.Body.Shared ? null : entry.Body);
            var outcome = await item.Partition.Writer.WriteAsync(write);
            item.ETag = write.ETag;
            inserted = outcome == CommitOutcome.Done;
            if (outcome == CommitOutcome.Conflict)
                await ReleaseRepeatedAsync(item.Partition, item.Key, entry);
            else if (outcome == CommitOutcome.BodyMissing && await item.Partition.ReadAsync(item.Key) is null)
                throw new StorageException("the body of a message for the queue is not there"); // else it was taken before, and has another one by now
        }
        finally
        {
            if (!inserted || item.Row.Claim is null || IsStopped)
                Remove(item);
            if (item.State == ItemState.Gone && item.Row.Lane != DueLane.Held)
                item.Partition.Touch(item, item.Row.Due); // also when its outcome is not known: it may have landed all the same
        }

        if (item.State != ItemState.Gone)
            Offer(item);
    }

    /// <summary>The entry was taken before. If it is finished already, or has another body, nobody else gives up the one that it was handed over with.</summary>
    private async Task ReleaseRepeatedAsync(QueuePartition partition, string key, QueueEntry entry)
    {
        var row = await partition.ReadAsync(key);
        var uses = row is not null
            && QueueRow.Decode(row.Value) is { Finished: false, Entry: { } known }
            && known.Body with { Shared = entry.Body.Shared } == entry.Body;
        if (!uses)
            await TryReleaseAsync(entry.Body, partition.Name, key);
    }
}
