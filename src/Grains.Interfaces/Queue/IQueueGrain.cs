namespace Orleans.Mail;

/// <summary>
/// A shard of the queue. Key: 0 to <see cref="Shards"/> - 1. Its truth is its rows, one entry per message and recipient;
/// a reminder, registered before the first entry is acknowledged, wakes it.
/// </summary>
[Alias("mail.IQueueGrain")]
public interface IQueueGrain : IGrainWithIntegerKey
{
    /// <summary>How many shards there are.</summary>
    const int Shards = 16;

    /// <summary>Takes entries durably. Idempotent by message, destination and recipient, also for 15 min after an entry was finished. Throws when the store is in trouble.</summary>
    [Alias("Accept"), ResponseTimeout("00:00:05")]
    Task AcceptAsync(IReadOnlyList<QueueEntry> entries);

    /// <summary>Looks for what is due. Each silo calls it once at its start.</summary>
    [Alias("Wake"), ResponseTimeout("00:00:10")]
    Task WakeAsync();

    /// <summary>A page of the entries in the order of their rows, those after <paramref name="after"/> (empty = from the start).</summary>
    [Alias("List"), ResponseTimeout("00:00:10")]
    Task<QueuePage> ListAsync(string after, int limit);
}
