namespace Orleans.Mail;

/// <summary>The deny entries of one kind (<see cref="DenyEntry.ListOf"/>). Entries are in the form of <see cref="DenyEntry.TryNormalize"/>.</summary>
[Alias("mail.IDenyListGrain")]
public interface IDenyListGrain : IGrainWithStringKey
{
    [Alias("Add"), ResponseTimeout("00:00:10")]
    Task<DenyResult> AddAsync(string entry);

    [Alias("Remove"), ResponseTimeout("00:00:10")]
    Task<DenyResult> RemoveAsync(string entry);

    /// <summary>Removes a part of all entries and returns how many; 0 when none is left.</summary>
    [Alias("RemoveSome"), ResponseTimeout("00:00:10")]
    Task<int> RemoveSomeAsync();

    /// <summary>A page of the entries in the order of their keys, those after <paramref name="after"/>.</summary>
    [Alias("List"), ResponseTimeout("00:00:10")]
    Task<DenyPage> ListAsync(string after, int limit);

    /// <summary>What changed after version <paramref name="since"/> (0 = from the beginning), oldest first, a page of it.</summary>
    [Alias("ReadChanges"), ResponseTimeout("00:00:10")]
    Task<DenyChanges> ReadChangesAsync(long since);
}

[GenerateSerializer, Alias("mail.DenyResult")]
public enum DenyResult
{
    Done = 0,
    NotFound = 1,
    Exists = 2,

    /// <summary>The entry has more characters than a key of the store.</summary>
    TooLong = 3,
}

/// <param name="Entries">A page.</param>
/// <param name="Next">Pass it as the cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.DenyPage")]
public sealed record DenyPage(
    [property: Id(0)] IReadOnlyList<string> Entries,
    [property: Id(1)] string? Next);

/// <param name="Version">What a copy has once it has taken the changes; ask again with it until nothing more comes.</param>
/// <param name="Forgotten">The log does not reach back so far: list all entries, and then ask for the changes since <paramref name="Version"/>.</param>
/// <param name="Changes">In the order in which they were made.</param>
[GenerateSerializer, Immutable, Alias("mail.DenyChanges")]
public sealed record DenyChanges(
    [property: Id(0)] long Version,
    [property: Id(1)] bool Forgotten,
    [property: Id(2)] IReadOnlyList<DenyChange> Changes);

/// <param name="Entry">The entry.</param>
/// <param name="Added">It was added; false: it was removed.</param>
[GenerateSerializer, Immutable, Alias("mail.DenyChange")]
public sealed record DenyChange(
    [property: Id(0)] string Entry,
    [property: Id(1)] bool Added);
