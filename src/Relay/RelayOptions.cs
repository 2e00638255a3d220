using System.Net;

namespace Orleans.Mail.Relay;

/// <summary>How mail is sent to other hosts.</summary>
public sealed record RelayOptions
{
    /// <summary>Gateway:HostName: the name in EHLO. Default: the machine's full name.</summary>
    public string HostName { get; init; } = Dns.GetHostName();

    /// <summary>Relay:SourceAddress: the address that connections come from; null = as the system chooses. Default: null.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>Relay:SmartHostUser: the name to log in with there; empty = no login. Default: empty.</summary>
    public string SmartHostUser { get; init; } = "";

    /// <summary>Relay:SmartHostPassword: its password. It is sent over TLS only, except to loopback.</summary>
    public string SmartHostPassword { get; init; } = "";

    /// <summary>Relay:SmartHostAnyCertificate: whether a password is sent to a host whose certificate cannot be verified. Default: false.</summary>
    public bool SmartHostAnyCertificate { get; init; }

    /// <summary>Relay:RequireTls: nothing is sent without TLS; certificates are not verified, as between mail servers. Default: false.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Relay:IdleTime: how long a connection waits for another message. Default: 10 s.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Relay:MaxMessages: messages over one connection. Default: 100.</summary>
    public int MaxMessages { get; init; } = 100;

    /// <summary>Connections that wait for another message, in all. Default: 1,000.</summary>
    public int MaxIdleConnections { get; init; } = 1000;

    /// <summary>Those at one address: servers bear some hundred sessions in all. Default: 50.</summary>
    public int MaxIdlePerAddress { get; init; } = 50;

    /// <summary>TIMEOUT_SOCK: the wait for a connection. Default: 60 s, as in the manual.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>TIMEOUT_SMTP1: the wait for the greeting, for the answer to EHLO and for TLS. Default: 300 s (RFC 5321 4.5.3.2.1).</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TIMEOUT_SMTP2: the wait for the answer to MAIL. Default: 300 s (RFC 5321 4.5.3.2.2).</summary>
    public TimeSpan MailTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TIMEOUT_SMTP3: the wait for the answer to an RCPT. Default: 300 s (RFC 5321 4.5.3.2.3).</summary>
    public TimeSpan RcptTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TIMEOUT_SMTP4: the wait for the answer to DATA. Default: 120 s (RFC 5321 4.5.3.2.4).</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>TIMEOUT_SMTP5: the wait for the answer to the message's end, and until a block of it is taken. Default: 600 s (RFC 5321 4.5.3.2.6).</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(600);
}
