namespace Orleans.Mail;

/// <summary>
/// The account face of an address (<see cref="IAddressGrain"/>, the same grain and key): the user's settings and login.
/// Every method throws when the store is in trouble; refusals are return values.
/// </summary>
[Alias("mail.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Creates the user: claim of the name and creation of the account are one insert-if-absent.</summary>
    [Alias("Create"), ResponseTimeout("00:00:10")]
    Task<NameResult> CreateAsync(AccountSettings settings, ScramVerifier verifier, bool weakPassword);

    /// <summary>The account, or null when the name is not a user.</summary>
    [Alias("Read"), ResponseTimeout("00:00:05")]
    Task<Account?> ReadAsync();

    /// <summary>Changes what <paramref name="change"/> names and leaves the rest.</summary>
    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<NameResult> ChangeAsync(AccountChange change);

    /// <summary>
    /// Deletes the user: the name refuses mail and logins at once, an open session ends, messages and bodies go in the
    /// background. Restartable: whoever meets a half-done deletion finishes it.
    /// </summary>
    [Alias("Delete"), ResponseTimeout("00:00:10")]
    Task<NameResult> DeleteAsync();

    /// <summary>
    /// Gives the user another name, in the same or another domain of ours; the mailbox stays and no mail moves. While it
    /// runs both names refuse mail for the time being. Restartable: whoever meets a half-done move finishes it.
    /// </summary>
    /// <param name="newAddress">The new <see cref="MailAddress.Key"/>.</param>
    /// <returns><see cref="NameOutcome.Exists"/> when the new name is taken, <see cref="NameOutcome.NoDomain"/> or <see cref="NameOutcome.DomainFull"/> when its domain takes nobody.</returns>
    [Alias("Move"), ResponseTimeout("00:00:10")]
    Task<NameResult> MoveAsync(string newAddress);

    /// <summary>What a login is checked against, off the grain; null when there is no such user.</summary>
    [Alias("GetLogin"), ResponseTimeout("00:00:05")]
    Task<AccountLogin?> GetLoginAsync();

    /// <summary>
    /// Replaces the verifier by one of the same password, if the account is still at <paramref name="version"/>. Returns its
    /// new version; null when it has changed, and then nothing is done.
    /// </summary>
    [Alias("RenewVerifier"), ResponseTimeout("00:00:05")]
    Task<string?> RenewVerifierAsync(ScramVerifier verifier, string version);
}

/// <summary>What an operator sets of a user. Sizes and quota are KB of 1,024 bytes, as in the manual; 0 is no limit.</summary>
[GenerateSerializer, Immutable, Alias("mail.AccountSettings")]
public sealed record AccountSettings
{
    /// <summary>The name of the mailbox's folder: stored, shown, used by export.</summary>
    [Id(0)] public string Directory { get; init; } = "";

    /// <summary>Null: not given, so the domain's DEFQUOTA is copied when the user is created.</summary>
    [Id(1)] public long? QuotaKb { get; init; }

    [Id(2)] public string Forward { get; init; } = "";

    [Id(3)] public string Copy { get; init; } = "";

    /// <summary>Null: the domain's DEFMAXINMAILSIZE is copied.</summary>
    [Id(4)] public long? MaxInKb { get; init; }

    /// <summary>Null: the domain's DEFMAXOUTMAILSIZE is copied.</summary>
    [Id(5)] public long? MaxOutKb { get; init; }

    /// <summary>STATE: off means no login, and mail is refused with 450.</summary>
    [Id(6)] public bool Enabled { get; init; } = true;
}

/// <summary>A change of an account: null leaves a field as it is.</summary>
[GenerateSerializer, Immutable, Alias("mail.AccountChange")]
public sealed record AccountChange
{
    [Id(0)] public string? Directory { get; init; }

    [Id(1)] public long? QuotaKb { get; init; }

    [Id(2)] public string? Forward { get; init; }

    [Id(3)] public string? Copy { get; init; }

    [Id(4)] public long? MaxInKb { get; init; }

    [Id(5)] public long? MaxOutKb { get; init; }

    [Id(6)] public bool? Enabled { get; init; }

    [Id(7)] public ScramVerifier? Verifier { get; init; }

    /// <summary>Whether the new password equals the user's name; read with <see cref="Verifier"/>.</summary>
    [Id(8)] public bool WeakPassword { get; init; }
}

/// <summary>A user as the management protocol shows it.</summary>
[GenerateSerializer, Immutable, Alias("mail.Account")]
public sealed record Account(
    [property: Id(0)] string MailboxId,
    [property: Id(1)] AccountSettings Settings,
    [property: Id(2)] bool WeakPassword);

/// <summary>What a gateway needs to check a login.</summary>
/// <param name="MailboxId">The mailbox the login opens.</param>
/// <param name="Verifier">The SCRAM keys of the password.</param>
/// <param name="Version">Changes whenever the password, the state or the account changes; part of the key of cached logins.</param>
/// <param name="Enabled">False: the account may not log in.</param>
/// <param name="WeakPassword">The password is the user's name: it may fetch mail, but gets no relay permit.</param>
[GenerateSerializer, Immutable, Alias("mail.AccountLogin")]
public sealed record AccountLogin(
    [property: Id(0)] string MailboxId,
    [property: Id(1)] ScramVerifier Verifier,
    [property: Id(2)] string Version,
    [property: Id(3)] bool Enabled,
    [property: Id(4)] bool WeakPassword);
