using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>Somebody wants to log in.</summary>
/// <param name="Name">As the client gave it (<see cref="LoginNames"/>).</param>
/// <param name="Client">The client: its failures cost it its budget.</param>
/// <param name="Mechanism">The SASL mechanism; null = USER and PASS.</param>
/// <param name="FailuresBefore">Failed logins of this connection: each doubles the delay of the next.</param>
public sealed record LoginAttempt(string Name, Caller Client, SaslMechanism? Mechanism, int FailuresBefore)
{
    /// <summary>It is for sending mail: a password that everybody can guess is not enough.</summary>
    public bool ForSending { get; init; }
}

/// <summary>An attempt whose outcome is not known yet.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Started">When it came.</param>
/// <param name="Address">Whom the name means; null when it means nobody.</param>
/// <param name="Account">The user's account; null when there is none.</param>
/// <param name="Verdict">How it ends, where that is known already.</param>
internal sealed record OpenLogin(LoginAttempt Attempt, long Started, MailAddress? Address, AccountLogin? Account, LoginVerdict? Verdict);

/// <summary>Why a login ended as it did: the log hears it, the client does not.</summary>
internal enum LoginVerdict
{
    /// <summary>The client knows the password.</summary>
    Right = 0,
    NoUser,
    WrongPassword,

    /// <summary>SCRAM: the client's TLS session is not ours (<see cref="ScramOutcome.Unbound"/>).</summary>
    Unbound,

    /// <summary>STATE=off.</summary>
    Off,

    /// <summary>The password is the user's name, and mail is to be sent with it.</summary>
    WeakPassword,

    /// <summary>The address is blocked; the password was not looked at.</summary>
    Blocked,

    /// <summary>The account is guarded, and the address has failed before; the password was not looked at.</summary>
    Guarded,

    /// <summary>The account has logged in too often in a minute.</summary>
    TooOften,

    /// <summary>It could not be checked.</summary>
    Unavailable,
}
