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

/// <summary>A message that waits for one of its recipients.</summary>
[GenerateSerializer, Immutable, Alias("mail.QueueEntry")]
public sealed record QueueEntry
{
    [Id(0)] public required MessageId Id { get; init; }

    /// <summary>Where it goes.</summary>
    [Id(1)] public required Target Target { get; init; }

    /// <summary>The reverse-path of the message, to which a failure is reported; <see cref="Target.Sender"/> is what the next host hears.</summary>
    [Id(2)] public required string Sender { get; init; }

    /// <summary>The recipient as the client gave it.</summary>
    [Id(3)] public required string Recipient { get; init; }

    /// <summary>The body; the entry is one of its holders.</summary>
    [Id(4)] public required BodyRef Body { get; init; }

    [Id(5)] public required DateTimeOffset Entered { get; init; }

    /// <summary>When it is tried next.</summary>
    [Id(6)] public DateTimeOffset Due { get; init; }

    [Id(7)] public DateTimeOffset? LastAttempt { get; init; }

    [Id(8)] public int Attempts { get; init; }

    /// <summary>The last reply or cause; empty = waiting.</summary>
    [Id(9)] public string Status { get; init; } = "";

    /// <summary>It will not be tried again: a report to the sender is due.</summary>
    [Id(10)] public bool Failed { get; init; }

    /// <summary>How far a post has come in its list: the last member that was served.</summary>
    [Id(11)] public string Cursor { get; init; } = "";

    /// <summary>A list's mail, which must not hold up what users send.</summary>
    [Id(12)] public bool IsBulk { get; init; }

    /// <summary>Whether its sender hears of a failure: not when there is none, and not of a copy.</summary>
    public bool IsReported => Sender.Length > 0 && !Target.IsCopy;
}

/// <param name="Entries">The entries.</param>
/// <param name="Next">The cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.QueuePage")]
public sealed record QueuePage(
    [property: Id(0)] IReadOnlyList<QueueEntry> Entries,
    [property: Id(1)] string? Next);
