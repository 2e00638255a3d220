using Orleans.Mail.Gateway.Logins;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>Where a session is (RFC 1939 section 3), with what is known only there.</summary>
internal abstract record Pop3State
{
    private Pop3State()
    {
    }

    /// <summary>Nobody is logged in.</summary>
    /// <param name="Name">What USER gave; null before it.</param>
    public sealed record Authorization(string? Name) : Pop3State;

    /// <summary>AUTH is under way: the next line is the client's response.</summary>
    public sealed record Authenticating(SaslLogin Login) : Pop3State;

    /// <summary>STLS was accepted: TLS comes next, then the session begins anew (RFC 2595 section 4).</summary>
    public sealed record StartingTls : Pop3State
    {
        public static readonly StartingTls Instance = new();
    }

    /// <summary>A mailbox is open.</summary>
    /// <param name="User">Whose it is.</param>
    /// <param name="Mailbox">The mailbox, held by a lease.</param>
    public sealed record Transaction(MailAddress User, OpenMailbox Mailbox) : Pop3State;

    /// <summary>The session is over: what was written is sent, and the connection closes.</summary>
    public sealed record Ended : Pop3State
    {
        public static readonly Ended Instance = new();
    }
}
