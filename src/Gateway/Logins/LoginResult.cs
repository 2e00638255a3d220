namespace Orleans.Mail.Gateway.Logins;

/// <summary>How a login ended.</summary>
public enum LoginStatus
{
    Accepted = 0,

    /// <summary>No such user, a wrong password, or a disabled account: a client is not told which.</summary>
    Refused = 1,

    /// <summary>It could not be checked now: a temporary failure.</summary>
    Unavailable = 2,
}

/// <param name="Status">How it ended.</param>
/// <param name="Address">The user's address when it was accepted, else null.</param>
/// <param name="Account">The user's account when it was accepted, else null.</param>
public sealed record LoginResult(LoginStatus Status, MailAddress? Address, AccountLogin? Account)
{
    public static readonly LoginResult Refused = new(LoginStatus.Refused, null, null);
    public static readonly LoginResult Unavailable = new(LoginStatus.Unavailable, null, null);
}
