namespace Orleans.Mail;

/// <summary>What a name inside a domain of ours is. One name is one kind only.</summary>
[GenerateSerializer, Alias("mail.NameKind")]
public enum NameKind
{
    /// <summary>The name does not exist.</summary>
    None = 0,

    /// <summary>A user with a mailbox.</summary>
    User = 1,

    /// <summary>Another address, or a program.</summary>
    Alias = 2,

    /// <summary>A mailing list.</summary>
    List = 3,

    /// <summary><c>NAME-owner</c>: the administrators of the list NAME, and where its bounces go.</summary>
    ListOwner = 4,
}

/// <summary>
/// An address of one of our domains. Key: <see cref="MailAddress.Key"/>. It owns the one row that says what the name is;
/// a name that does not exist costs one read and no memory afterwards.
/// </summary>
[Alias("mail.IAddressGrain")]
public interface IAddressGrain : IGrainWithStringKey
{
    /// <summary>Says what the name is and where its mail goes. Throws when the store is in trouble: a temporary failure.</summary>
    [Alias("Resolve"), ResponseTimeout("00:00:05")]
    Task<Resolution> ResolveAsync();
}

/// <summary>The answer to "what is this name, and where does its mail go?". Sizes are octets, 0 = no limit.</summary>
[GenerateSerializer, Immutable, Alias("mail.Resolution")]
public sealed record Resolution
{
    public static readonly Resolution None = new() { Kind = NameKind.None };

    [Id(0)] public required NameKind Kind { get; init; }

    /// <summary>The mailbox of a user, or the id of a list; else empty. Neither ever comes back: a name deleted and added again has another.</summary>
    [Id(1)] public string Id { get; init; } = "";

    /// <summary>The name exists, but takes no mail now (STATE=off, or being deleted or moved): a temporary refusal.</summary>
    [Id(2)] public bool Refused { get; init; }

    /// <summary>Where mail goes instead; empty = nowhere else.</summary>
    [Id(3)] public string Forward { get; init; } = "";

    /// <summary>Where a copy goes; empty = nowhere.</summary>
    [Id(4)] public string Copy { get; init; } = "";

    /// <summary>The program that an alias feeds; empty = none.</summary>
    [Id(5)] public string Pipe { get; init; } = "";

    /// <summary>What the mailbox may hold.</summary>
    [Id(6)] public long Quota { get; init; }

    /// <summary>The largest message the user takes.</summary>
    [Id(7)] public long MaxIn { get; init; }

    /// <summary>The largest message the user may send.</summary>
    [Id(8)] public long MaxOut { get; init; }

    /// <summary>Who may post to a list.</summary>
    [Id(9)] public ListAccess Access { get; init; }
}
