namespace Orleans.Mail;

/// <summary>
/// Entries that end by themselves and that every gateway has to know: blocks (<see cref="Blocks"/>), traces
/// (<see cref="Traces"/>). They are durable, bounded in number, and reach the gateways as deny entries do.
/// </summary>
[Alias("mail.ITimedListGrain")]
public interface ITimedListGrain : IGrainWithStringKey
{
    /// <summary>The key of the addresses that may not connect and of the accounts that are guarded, for a while.</summary>
    const string Blocks = "blocks";

    /// <summary>The key of the addresses whose protocol is logged for a while.</summary>
    const string Traces = "traces";

    /// <summary>Entries of a list at most, some 10 MB in each gateway; there is room for as many guarded accounts (<see cref="TimedReasons.Guarded"/>) and networks (<see cref="TimedReasons.Site"/>) beyond them.</summary>
    const int MaxEntries = 50_000;

    /// <summary>
    /// Adds an entry, or gives the one of that subject another end. False: the list is full. A client of IPv6 that is blocked for
    /// probes costs its /48 as much as one that spends its budget of failed logins.
    /// </summary>
    [Alias("Add"), ResponseTimeout("00:00:10")]
    Task<bool> AddAsync(TimedEntry entry);

    /// <summary>Removes an entry; false when there was none, but the copies are told all the same: one of them may have an entry that the list never had.</summary>
    [Alias("Remove"), ResponseTimeout("00:00:10")]
    Task<bool> RemoveAsync(string subject);

    /// <summary>A page of the entries that have not ended, in the order of their keys, those after <paramref name="after"/>.</summary>
    [Alias("List"), ResponseTimeout("00:00:10")]
    Task<TimedPage> ListAsync(string after, int limit);

    /// <summary>What changed since a copy was made, oldest first; ends are not told, each copy has a clock.</summary>
    /// <param name="incarnation">The incarnation that told the version; default = none.</param>
    /// <param name="since">The version of the copy.</param>
    [Alias("ReadChanges"), ResponseTimeout("00:00:10")]
    Task<TimedChanges> ReadChangesAsync(MessageId incarnation, long since);
}

/// <param name="Subject">What it is about: an address prefix in its canonical form, or an account's address in lower case.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Reason">Why, in a word.</param>
[GenerateSerializer, Immutable, Alias("mail.TimedEntry")]
public sealed record TimedEntry(
    [property: Id(0)] string Subject,
    [property: Id(1)] DateTimeOffset Until,
    [property: Id(2)] string Reason);

/// <param name="Entries">A page.</param>
/// <param name="Next">Pass it as the cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.TimedPage")]
public sealed record TimedPage(
    [property: Id(0)] IReadOnlyList<TimedEntry> Entries,
    [property: Id(1)] string? Next);

/// <param name="Entry">The entry; of a removed one the subject counts.</param>
/// <param name="Added">False: removed.</param>
[GenerateSerializer, Immutable, Alias("mail.TimedChange")]
public sealed record TimedChange(
    [property: Id(0)] TimedEntry Entry,
    [property: Id(1)] bool Added);

/// <param name="Incarnation">Ask again with it.</param>
/// <param name="Version">Ask again with it.</param>
/// <param name="Forgotten">The changes are not known any more: list all entries anew.</param>
/// <param name="Changes">What changed.</param>
[GenerateSerializer, Immutable, Alias("mail.TimedChanges")]
public sealed record TimedChanges(
    [property: Id(0)] MessageId Incarnation,
    [property: Id(1)] long Version,
    [property: Id(2)] bool Forgotten,
    [property: Id(3)] IReadOnlyList<TimedChange> Changes);
