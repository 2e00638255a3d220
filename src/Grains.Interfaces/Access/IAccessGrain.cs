namespace Orleans.Mail;

/// <summary>The login of the management protocol. Key: <see cref="TheKey"/>.</summary>
[Alias("mail.IAccessGrain")]
public interface IAccessGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string TheKey = "management";

    /// <summary>The secret that LOGIN is checked against, off the grain; null while it is the initial one.</summary>
    [Alias("Read"), ResponseTimeout("00:00:05")]
    Task<AccessSecret?> ReadAsync();

    /// <summary>Replaces the secret if it is still <paramref name="expected"/>; false when it changed meanwhile.</summary>
    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<bool> ChangeAsync(AccessSecret? expected, string newHash);

    /// <summary>How long an address must wait before its next LOGIN is answered.</summary>
    [Alias("DelayOf"), ResponseTimeout("00:00:05")]
    Task<TimeSpan> DelayOfAsync(string address);

    /// <summary>Counts a failed LOGIN of an address.</summary>
    [Alias("Fail"), ResponseTimeout("00:00:05")]
    Task FailAsync(string address);

    /// <summary>Forgets the failures of an address: it has logged in.</summary>
    [Alias("Succeed"), ResponseTimeout("00:00:05")]
    Task SucceedAsync(string address);
}

/// <param name="Hash">A salted slow hash of the password, in the framework's own format.</param>
/// <param name="Version">Grows with each change.</param>
[GenerateSerializer, Immutable, Alias("mail.AccessSecret")]
public sealed record AccessSecret(
    [property: Id(0)] string Hash,
    [property: Id(1)] int Version);
