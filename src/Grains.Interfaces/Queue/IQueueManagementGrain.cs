namespace Orleans.Mail;

/// <summary>The whole queue as management sees it, whatever its shards. A stateless worker; use key 0.</summary>
[Alias("mail.IQueueManagementGrain")]
public interface IQueueManagementGrain : IGrainWithIntegerKey
{
    /// <summary>A page of the entries that match, those after <paramref name="after"/> (empty = from the start). A page may be empty before the end.</summary>
    [Alias("List"), ResponseTimeout("00:00:10")]
    Task<QueuePage> ListAsync(QueueFilter filter, string after, int limit);

    /// <summary>Changes the next entries that match, and says how many; go on with <see cref="QueueChanged.Next"/> until it is null.</summary>
    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<QueueChanged> ChangeAsync(QueueFilter filter, QueueChange change, string after);

    /// <summary>The entry of a message and one of its targets, also for 15 min after it was finished; null when there is none.</summary>
    [Alias("Find"), ResponseTimeout("00:00:05")]
    Task<QueueEntry?> FindAsync(MessageId id, Target target);

    /// <summary>How much waits.</summary>
    [Alias("ReadStatus"), ResponseTimeout("00:00:05")]
    Task<QueueStatus> ReadStatusAsync();
}

/// <summary>Which entries are meant: those that match everything that is given.</summary>
[GenerateSerializer, Immutable, Alias("mail.QueueFilter")]
public sealed record QueueFilter
{
    /// <summary>All entries.</summary>
    public static readonly QueueFilter All = new();

    /// <summary>The address that the mail goes to (<see cref="Target.Address"/>), compared without case; empty = any.</summary>
    [Id(0)] public string Mailbox { get; init; } = "";

    /// <summary>The domain of that address, in lower case; empty = any.</summary>
    [Id(1)] public string Domain { get; init; } = "";

    /// <summary>The reverse-path, compared without case; <c>&lt;&gt;</c> = the null sender; empty = any.</summary>
    [Id(2)] public string Sender { get; init; } = "";

    /// <summary>The message; null = any.</summary>
    [Id(3)] public MessageId? Id { get; init; }
}

/// <summary>What is done with entries.</summary>
[GenerateSerializer, Alias("mail.QueueChange")]
public enum QueueChange
{
    /// <summary>Due now; held ones stay held.</summary>
    Resend = 0,

    /// <summary>Held back until they are released.</summary>
    Hold = 1,

    /// <summary>No longer held, and due now.</summary>
    Release = 2,

    /// <summary>Given up; the sender is told.</summary>
    Delete = 3,

    /// <summary>Given up; nobody is told.</summary>
    DeleteSilently = 4,
}

/// <param name="Count">Entries that were changed.</param>
/// <param name="Next">The cursor to go on with; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.QueueChanged")]
public sealed record QueueChanged([property: Id(0)] int Count, [property: Id(1)] string? Next);

/// <summary>How much waits, by lane.</summary>
/// <param name="Lanes">The lanes; those where nothing waits may be missing.</param>
/// <param name="Held">Entries that are held.</param>
[GenerateSerializer, Immutable, Alias("mail.QueueStatus")]
public sealed record QueueStatus(
    [property: Id(0)] IReadOnlyList<QueueLaneStatus> Lanes,
    [property: Id(1)] long Held);

/// <param name="Lane">Its name: <c>local</c>, <c>program</c>, <c>user</c>, <c>notice</c>, <c>list</c>, <c>retry</c>, <c>report</c>.</param>
/// <param name="Entries">Entries in it.</param>
/// <param name="Oldest">When the oldest of them was due, or is; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("mail.QueueLaneStatus")]
public sealed record QueueLaneStatus(
    [property: Id(0)] string Lane,
    [property: Id(1)] long Entries,
    [property: Id(2)] DateTimeOffset? Oldest);

/// <param name="Entries">The entries.</param>
/// <param name="Next">The cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.QueuePage")]
public sealed record QueuePage(
    [property: Id(0)] IReadOnlyList<QueueEntry> Entries,
    [property: Id(1)] string? Next);
