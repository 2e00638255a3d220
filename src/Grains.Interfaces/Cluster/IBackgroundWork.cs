namespace Orleans.Mail;

/// <summary>
/// Work that a grain has promised and that goes on after the death of its process: <see cref="IWorkGrain"/> remembers
/// it and calls this when it is due. The faces below say which kind of grain it is; grains call them, gateways never.
/// </summary>
[Alias("mail.IBackgroundWork")]
public interface IBackgroundWork : IGrainWithStringKey
{
    /// <summary>Goes on with what is unfinished. Returns when to be called again, or null when nothing is left to do.</summary>
    [Alias("Resume"), ResponseTimeout("00:01:00")]
    Task<DateTimeOffset?> ResumeAsync();
}

/// <summary>The unfinished deletion or move of a name. The same grain and key as <see cref="IAddressGrain"/>.</summary>
[Alias("mail.IAddressWork")]
public interface IAddressWork : IBackgroundWork
{
    /// <summary>Deletes whatever the name is: its domain goes.</summary>
    [Alias("Remove"), ResponseTimeout("00:00:10")]
    Task RemoveAsync();

    /// <summary>Takes a user over that moves here. Idempotent by the mailbox.</summary>
    [Alias("Adopt"), ResponseTimeout("00:00:10")]
    Task<NameResult> AdoptAsync(MovedAccount account);

    /// <summary>The name's row was written or deleted by another grain: the copy of it is void.</summary>
    [Alias("Forget"), ResponseTimeout("00:00:05")]
    Task ForgetAsync();
}

/// <summary>A user on its way to another name.</summary>
[GenerateSerializer, Immutable, Alias("mail.MovedAccount")]
public sealed record MovedAccount(
    [property: Id(0)] Account Account,
    [property: Id(1)] ScramVerifier Verifier);

/// <summary>The unfinished deletion of a domain. The same grain and key as <see cref="IDomainGrain"/>.</summary>
[Alias("mail.IDomainWork")]
public interface IDomainWork : IBackgroundWork
{
    /// <summary>Whether the domain is ours and not being deleted. Unlike <see cref="IDomainGrain.ReadAsync"/> it counts nobody.</summary>
    [Alias("Stands"), ResponseTimeout("00:00:05")]
    Task<bool> StandsAsync();
}

/// <summary>Deleted messages whose bodies, entries or tombstones must go. The same grain and key as <see cref="IMailboxGrain"/>.</summary>
[Alias("mail.IMailboxWork")]
public interface IMailboxWork : IBackgroundWork;
