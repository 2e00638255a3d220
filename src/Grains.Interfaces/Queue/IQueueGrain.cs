namespace Orleans.Mail;

/// <summary>
/// A shard of the queue. Key: 0 to CFG_NUM_QUEUE - 1. Its truth is its rows, one entry per message and recipient; a
/// reminder, registered before the first entry is acknowledged, wakes it.
/// </summary>
[Alias("mail.IQueueGrain")]
public interface IQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Takes entries durably. Idempotent by message, destination and recipient, also for 15 min after an entry was finished. Throws when the store is in trouble.</summary>
    [Alias("Accept"), ResponseTimeout("00:00:05")]
    Task AcceptAsync(IReadOnlyList<QueueEntry> entries);

    /// <summary>Looks for what is due. Each silo calls it once at its start; a shard that there is no longer drops its reminder.</summary>
    [Alias("Wake"), ResponseTimeout("00:00:10")]
    Task WakeAsync();

    /// <summary>The entries in memory that match and stand in no index, since they never had to wait; 1,000 at most.</summary>
    [Alias("ListUnindexed"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyList<QueueEntry>> ListUnindexedAsync(QueueFilter filter);

    /// <summary>Changes entries of one of its partitions, named by the keys of their rows, and says how many; what is being attempted is left alone.</summary>
    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<int> ChangeAsync(int partition, IReadOnlyList<string> keys, QueueChange change);

    /// <summary>How much waits here. What was not counted yet after the start is missing.</summary>
    [Alias("ReadStatus"), ResponseTimeout("00:00:05")]
    Task<QueueStatus> ReadStatusAsync();
}
