namespace Orleans.Mail;

/// <summary>The members of a mailing list. Key: the list's id. Members are rows, so that 100,000 of them are no problem.</summary>
[Alias("mail.IMailingListGrain")]
public interface IMailingListGrain : IGrainWithStringKey
{
    /// <summary>Adds a member; <see cref="NameOutcome.Exists"/> when it is one already, <see cref="NameOutcome.NotFound"/> when the list is gone.</summary>
    [Alias("Add"), ResponseTimeout("00:00:10")]
    Task<NameOutcome> AddAsync(ListMember member);

    /// <summary>Changes the type of a member.</summary>
    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<NameOutcome> ChangeAsync(ListMember member);

    [Alias("Remove"), ResponseTimeout("00:00:10")]
    Task<NameOutcome> RemoveAsync(string address);

    /// <summary>A member, or null.</summary>
    [Alias("Find"), ResponseTimeout("00:00:05")]
    Task<ListMember?> FindAsync(string address);

    /// <summary>A page of the members in the order of their rows, those after <paramref name="after"/> (empty = from the start).</summary>
    [Alias("List"), ResponseTimeout("00:00:10")]
    Task<MemberPage> ListAsync(string after, int limit);

    /// <summary>The administrators' addresses: few, so they come at once (at most 100).</summary>
    [Alias("Administrators"), ResponseTimeout("00:00:10")]
    Task<IReadOnlyList<string>> ReadAdministratorsAsync();

    /// <summary>Counts a bounce of a member; an address that is none is ignored.</summary>
    [Alias("CountBounce"), ResponseTimeout("00:00:10")]
    Task CountBounceAsync(string address);

    /// <summary>Removes all members in the background: durably promised when it returns, restartable.</summary>
    /// <param name="forEver">The list was deleted: no member can be added any more.</param>
    [Alias("Clear"), ResponseTimeout("00:00:10")]
    Task ClearAsync(bool forEver);
}

/// <summary>The members of a list that are to be removed. The same grain and key as <see cref="IMailingListGrain"/>.</summary>
[Alias("mail.IMailingListWork")]
public interface IMailingListWork : IBackgroundWork;

/// <summary>TYPE of a member. The manual's values.</summary>
[GenerateSerializer, Alias("mail.MemberType")]
public enum MemberType
{
    Member = 1,

    /// <summary>An administrator is a member, too.</summary>
    Administrator = 2,
}

/// <param name="Address">The member, as it was given.</param>
/// <param name="Type">What it is.</param>
/// <param name="Bounces">Mails of the list that came back from it.</param>
[GenerateSerializer, Immutable, Alias("mail.ListMember")]
public sealed record ListMember(
    [property: Id(0)] string Address,
    [property: Id(1)] MemberType Type,
    [property: Id(2)] long Bounces = 0);

/// <param name="Members">The members.</param>
/// <param name="Next">The cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.MemberPage")]
public sealed record MemberPage(
    [property: Id(0)] IReadOnlyList<ListMember> Members,
    [property: Id(1)] string? Next);
