namespace Orleans.Mail;

/// <summary>What a name inside a domain of ours is. One name is one kind only.</summary>
[GenerateSerializer, Alias("mail.NameKind")]
public enum NameKind
{
    /// <summary>The name does not exist.</summary>
    None = 0,

    /// <summary>A user with a mailbox.</summary>
    User = 1,
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

/// <summary>The answer to "where does mail for this address go?".</summary>
/// <param name="Kind">What the name is.</param>
/// <param name="MailboxId">The mailbox of a user, else null. It never comes back: a user deleted and added again has another.</param>
/// <param name="Refused">The name exists, but takes no mail now (STATE=off, or being deleted or moved): a temporary refusal.</param>
[GenerateSerializer, Immutable, Alias("mail.Resolution")]
public sealed record Resolution(
    [property: Id(0)] NameKind Kind,
    [property: Id(1)] string? MailboxId,
    [property: Id(2)] bool Refused)
{
    public static readonly Resolution None = new(NameKind.None, null, false);
}
