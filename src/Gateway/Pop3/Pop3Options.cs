using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>How POP3 sessions behave.</summary>
public sealed record Pop3Options
{
    /// <summary>PORT_POP3: the port. Default: 110, as in the manual; 0 = any free one.</summary>
    public int Port { get; init; } = 110;

    /// <summary>PORT_POP3S: the port of POP3 over TLS; 0 = any free one. Default: none; 995 where there is a certificate of the operator's.</summary>
    public int? TlsPort { get; init; }

    /// <summary>QUEUE_POP3: connections that wait to be accepted. Default: 512; the manual's 10 drops connections.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>TIMEOUT_POP3, seconds: the wait for a whole command line. Default: 600 s, the least of RFC 1939 section 3.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Pop3:TakeOverAfter, seconds: a correct login takes the mailbox over from a session that was silent for longer. Default: 60 s.</summary>
    public TimeSpan TakeOverAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pop3:DeleteOnDisconnect: deletions hold even when the session ends without QUIT, as in the manual's 1.1.7. Default: off (RFC 1939 section 6).</summary>
    public bool DeleteOnDisconnect { get; init; }

    /// <summary>Pop3:RequireTls: clients that are not on this machine may log in only under TLS, whatever Auth:AllowPlaintext says. Default: off (RFC 1939).</summary>
    public bool RequireTls { get; init; }

    /// <summary>Pop3:MaxErrors: commands of a session that were unknown, wrong or out of place, after which it is closed. Default: 20.</summary>
    public int MaxErrors { get; init; } = 20;

    public static Pop3Options From(Parameters parameters)
    {
        var defaults = new Pop3Options();
        return new()
        {
            Port = parameters.Port("PORT_POP3") ?? defaults.Port,
            TlsPort = parameters.TlsPort("PORT_POP3S", 995),
            Backlog = parameters.WholeNumber("QUEUE_POP3", defaults.Backlog, 1, 65_535),
            Timeout = parameters.Seconds("TIMEOUT_POP3", defaults.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            TakeOverAfter = parameters.Seconds("Pop3:TakeOverAfter", defaults.TakeOverAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            DeleteOnDisconnect = parameters.Switch("Pop3:DeleteOnDisconnect", defaults.DeleteOnDisconnect),
            RequireTls = parameters.Switch("Pop3:RequireTls", defaults.RequireTls),
            MaxErrors = parameters.WholeNumber("Pop3:MaxErrors", defaults.MaxErrors, 1, 1_000_000),
        };
    }
}
