namespace Orleans.Mail;

/// <summary>A domain of ours. Key: its lower-case A-label. It owns the domain's settings and its count of users.</summary>
[Alias("mail.IDomainGrain")]
public interface IDomainGrain : IGrainWithStringKey
{
    [Alias("Create"), ResponseTimeout("00:00:10")]
    Task<DomainResult> CreateAsync(DomainSettings settings);

    /// <summary>The domain, or null when it is not ours (or being deleted).</summary>
    [Alias("Read"), ResponseTimeout("00:00:05")]
    Task<Domain?> ReadAsync();

    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<DomainResult> ChangeAsync(DomainChange change);

    /// <summary>Deletes the domain: from now on nothing in it resolves; its users go in the background, restartably.</summary>
    [Alias("Delete"), ResponseTimeout("00:00:10")]
    Task<DomainResult> DeleteAsync();

    /// <summary>A page of the domain's names in ordinal order, those after <paramref name="after"/>.</summary>
    [Alias("List"), ResponseTimeout("00:00:10")]
    Task<NamePage> ListAsync(string after, int limit);

    /// <summary>Makes room for one more user, if the domain takes one. Returns the settings a new user copies, or why not.</summary>
    [Alias("Admit"), ResponseTimeout("00:00:10")]
    Task<Admission> AdmitUserAsync();

    /// <summary>Gives the room of a user back: it was deleted, or its creation failed.</summary>
    [Alias("Dismiss"), ResponseTimeout("00:00:10")]
    Task DismissUserAsync();
}

[GenerateSerializer, Alias("mail.DomainResult")]
public enum DomainResult
{
    Done = 0,
    NotFound = 1,
    Exists = 2,
}

/// <summary>What an operator sets of a domain. Sizes are KB of 1,024 bytes; 0 is no limit.</summary>
[GenerateSerializer, Immutable, Alias("mail.DomainSettings")]
public sealed record DomainSettings
{
    /// <summary>DEFMAXINMAILSIZE: copied to each user created in the domain.</summary>
    [Id(0)] public long DefaultMaxInKb { get; init; }

    [Id(1)] public long DefaultMaxOutKb { get; init; }

    [Id(2)] public long MaxInKb { get; init; }

    [Id(3)] public long MaxOutKb { get; init; }

    /// <summary>DEFMAILBOX: where mail for names that do not exist goes; empty = refused.</summary>
    [Id(4)] public string DefaultMailbox { get; init; } = "";

    [Id(5)] public long DefaultQuotaKb { get; init; }

    /// <summary>MAXUSERS: 0 = no limit.</summary>
    [Id(6)] public int MaxUsers { get; init; }

    /// <summary>MAILINFOOTER: for mail delivered to the domain's mailboxes.</summary>
    [Id(7)] public DomainFooter IncomingFooter { get; init; } = DomainFooter.None;

    /// <summary>MAILOUTFOOTER: for mail that the domain's mailboxes send.</summary>
    [Id(8)] public DomainFooter OutgoingFooter { get; init; } = DomainFooter.None;

    /// <summary>SHOWFOOTER: which of them are put on.</summary>
    [Id(9)] public FooterChoice ShowFooter { get; init; }
}

/// <summary>A change of a domain: null leaves a field as it is.</summary>
[GenerateSerializer, Immutable, Alias("mail.DomainChange")]
public sealed record DomainChange
{
    [Id(0)] public long? DefaultMaxInKb { get; init; }

    [Id(1)] public long? DefaultMaxOutKb { get; init; }

    [Id(2)] public long? MaxInKb { get; init; }

    [Id(3)] public long? MaxOutKb { get; init; }

    [Id(4)] public string? DefaultMailbox { get; init; }

    [Id(5)] public long? DefaultQuotaKb { get; init; }

    [Id(6)] public int? MaxUsers { get; init; }

    [Id(7)] public DomainFooter? IncomingFooter { get; init; }

    [Id(8)] public DomainFooter? OutgoingFooter { get; init; }

    [Id(9)] public FooterChoice? ShowFooter { get; init; }
}

/// <summary>A domain as the management protocol shows it.</summary>
[GenerateSerializer, Immutable, Alias("mail.Domain")]
public sealed record Domain(
    [property: Id(0)] string Name,
    [property: Id(1)] DomainSettings Settings,
    [property: Id(2)] int Users);

/// <summary>Whether a domain takes one more user.</summary>
/// <param name="Result"><see cref="NameOutcome.Done"/>, <see cref="NameOutcome.NoDomain"/> or <see cref="NameOutcome.DomainFull"/>.</param>
/// <param name="Settings">The domain's settings when it does.</param>
[GenerateSerializer, Immutable, Alias("mail.Admission")]
public sealed record Admission(
    [property: Id(0)] NameOutcome Result,
    [property: Id(1)] DomainSettings? Settings);

/// <summary>A name of a domain and what it is.</summary>
[GenerateSerializer, Immutable, Alias("mail.NameEntry")]
public sealed record NameEntry(
    [property: Id(0)] string Local,
    [property: Id(1)] NameKind Kind,
    [property: Id(2)] bool WeakPassword);

/// <summary>A page of names.</summary>
/// <param name="Names">In ordinal order.</param>
/// <param name="Next">Pass it as the cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.NamePage")]
public sealed record NamePage(
    [property: Id(0)] IReadOnlyList<NameEntry> Names,
    [property: Id(1)] string? Next);
