namespace Orleans.Mail;

/// <summary>
/// The list face of an address (<see cref="IAddressGrain"/>, the same grain and key): a list's name and settings. Its
/// members are <see cref="IMailingListGrain"/>'s.
/// </summary>
[Alias("mail.IListAddressGrain")]
public interface IListAddressGrain : IGrainWithStringKey
{
    /// <summary>Creates the list, and reserves <c>NAME-owner</c> in the same commit.</summary>
    [Alias("Create"), ResponseTimeout("00:00:10")]
    Task<NameResult> CreateAsync(ListSettings settings);

    /// <summary>The list, or null when the name is none.</summary>
    [Alias("Read"), ResponseTimeout("00:00:05")]
    Task<MailingList?> ReadAsync();

    /// <summary>Changes what is given; null leaves a setting as it is.</summary>
    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<NameResult> ChangeAsync(ListAccess? access, ListMembers? members);

    /// <summary>Deletes the list: both names go at once, the members in the background.</summary>
    [Alias("Delete"), ResponseTimeout("00:00:10")]
    Task<NameResult> DeleteAsync();
}

/// <summary>ACCESS: who may post. The manual's values.</summary>
[GenerateSerializer, Alias("mail.ListAccess")]
public enum ListAccess
{
    None = 0,
    Anyone = 1,
    Members = 2,
    Administrators = 4,
}

/// <summary>MEMBERS: who may be a member. The manual's values.</summary>
[GenerateSerializer, Alias("mail.ListMembers")]
public enum ListMembers
{
    Any = 1,

    /// <summary>Addresses of our domains.</summary>
    LocalDomains = 2,

    /// <summary>Addresses of the list's own domain.</summary>
    OwnDomain = 4,
}

[GenerateSerializer, Immutable, Alias("mail.ListSettings")]
public sealed record ListSettings(
    [property: Id(0)] ListAccess Access,
    [property: Id(1)] ListMembers Members);

/// <param name="ListId">The key of its <see cref="IMailingListGrain"/>; it never comes back.</param>
/// <param name="Settings">What the operator set.</param>
[GenerateSerializer, Immutable, Alias("mail.MailingList")]
public sealed record MailingList(
    [property: Id(0)] string ListId,
    [property: Id(1)] ListSettings Settings);
