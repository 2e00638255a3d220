using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A partition of the queue as its shard serves it: its writer, how far it has been read, and its entries in memory.</summary>
internal sealed class QueuePartition
{
    private readonly SettledRows rows;
    private readonly QueueOptions options;
    private readonly TimeProvider time;
    private readonly Action<DateTimeOffset> touched;
    private readonly LaneCursor?[] byLane = new LaneCursor?[DueLane.All.Count];

    /// <param name="number">Which partition.</param>
    /// <param name="rows">The store.</param>
    /// <param name="options">The queue's options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="touched">Told of every due time that was written.</param>
    public QueuePartition(int number, SettledRows rows, QueueOptions options, TimeProvider time, Action<DateTimeOffset> touched)
    {
        this.rows = rows;
        this.options = options;
        this.time = time;
        this.touched = touched;
        Number = number;
        Name = QueueKeys.Partition(number);
        Writer = new PartitionWriter(Name, rows, options.Memory, time, OnWritten);
        Counts = new LaneCounts(Name, rows);
        var cursors = new List<LaneCursor>();
        foreach (var lane in DueLane.Timed)
        {
            var cursor = new LaneCursor(Name, lane);
            byLane[DueLane.IndexOf(lane)] = cursor;
            cursors.Add(cursor);
        }

        Cursors = cursors;
    }

    public int Number { get; }

    public string Name { get; }

    public PartitionWriter Writer { get; }

    public LaneCounts Counts { get; }

    public IReadOnlyList<LaneCursor> Cursors { get; }

    /// <summary>The entries in memory, by their keys.</summary>
    public Dictionary<string, QueueItem> Items { get; } = new(StringComparer.Ordinal);

    /// <summary>The destinations with entries in memory, by what their entries' keys begin with.</summary>
    public Dictionary<string, DestinationFeed> Feeds { get; } = new(StringComparer.Ordinal);

    /// <summary>Replaces an entry's row by what follows.</summary>
    public async Task<CommitOutcome> WriteAsync(QueueItem item, QueueRow? next, BodyRef? requires = null)
    {
        var write = new RowWrite(item.Key, item.Hash, item.Row, item.ETag, next, requires);
        var outcome = await Writer.WriteAsync(write);
        if (outcome == CommitOutcome.Done && next is not null)
        {
            item.ETag = write.ETag;
            item.Row = next;
        }

        return outcome;
    }

    public ValueTask<Row?> ReadAsync(string key) => rows.ReadAsync(new RowKey(Name, key));

    public ValueTask<RowPage> ScanAsync(RowRange range, int limit) => rows.ScanAsync(range, limit);

    /// <summary>Removes a row of the due times that no entry stands behind; if it was written again meanwhile, it stays.</summary>
    public async Task DropAsync(Row due) => await rows.CommitAsync(new RowBatch(Name).Delete(due.Key, due.ETag));

    /// <summary>Removes what ended long enough ago. Its row goes in the same commit, so that it happens once: what is inserted again later stays.</summary>
    public async Task PurgeAsync(Row due)
    {
        var batch = new RowBatch(Name).Delete(due.Key, due.ETag);
        foreach (var key in PurgeRow.Decode(due.Value))
            batch.Delete(key);
        await rows.CommitAsync(batch);
    }

    /// <summary>A due time is to be looked at, again or for the first time.</summary>
    public void Touch(string key, DateTimeOffset due)
    {
        byLane[DueLane.IndexOf(key[QueueKeys.Due.Length])]?.Touch(key, due);
        touched(due);
    }

    /// <summary>The same for a time after the due time itself.</summary>
    public void Touch(QueueItem item, DateTimeOffset at) =>
        Touch(QueueKeys.DueOfHash(item.Row.Lane, item.Row.Due, item.Hash), at > item.Row.Due ? at : item.Row.Due);

    /// <summary>All due times are to be looked at again: somebody else may have written behind the cursors.</summary>
    public void Restart()
    {
        foreach (var cursor in Cursors)
            cursor.Restart();
        touched(DateTimeOffset.MinValue);
    }

    private void OnWritten(RowWrite write)
    {
        Counts.Move(write.DueBefore, write.DueNext);
        if (write.DueNext is { } due && write.Next is { Lane: not DueLane.Held } next)
            Touch(due, next.Due);
        if (write.Finishes)
        {
            // The earliest that the row of what ended may be due; the cursor finds it from there.
            var purge = time.GetUtcNow() + options.Memory;
            byLane[DueLane.IndexOf(DueLane.Purge)]!.Touch(QueueKeys.DueOfHash(DueLane.Purge, purge - TimeSpan.FromMinutes(1), ""), purge);
        }
    }
}
