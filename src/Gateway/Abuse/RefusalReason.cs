using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>Why something was refused, as the log and <c>mail.refusals</c> name it: programs read these words, so they stay.</summary>
/// <param name="Name">The word.</param>
/// <param name="Level">Warnings are what an operator may want to act on.</param>
public sealed record RefusalReason(string Name, LogLevel Level = LogLevel.Information)
{
    /// <summary>A deny entry IPIN.</summary>
    public static readonly RefusalReason Denied = new("denied");

    /// <summary>The address is blocked for a while (BLOCK LIST).</summary>
    public static readonly RefusalReason Blocked = new("blocked");

    /// <summary>Too many connections in all.</summary>
    public static readonly RefusalReason Connections = new("connections", LogLevel.Warning);

    /// <summary>The server is stopping.</summary>
    public static readonly RefusalReason Stopping = new("stopping");

    /// <summary>Too many connections of the address.</summary>
    public static readonly RefusalReason ConnectionsPerAddress = new("connections-per-address", LogLevel.Warning);

    /// <summary>Too many new connections in a minute.</summary>
    public static readonly RefusalReason ConnectionRate = new("connection-rate", LogLevel.Warning);

    /// <summary>A trusted proxy did not say for whom it connects.</summary>
    public static readonly RefusalReason NoProxyHeader = new("no-proxy-header", LogLevel.Warning);

    /// <summary>TLS was not agreed on. Scanners and old clients do so every day: by itself it is no attack.</summary>
    public static readonly RefusalReason TlsHandshake = new("tls-handshake");

    /// <summary>HTTP or TLS where neither belongs.</summary>
    public static readonly RefusalReason ForeignProtocol = new("foreign-protocol");

    /// <summary>The client spoke before the greeting.</summary>
    public static readonly RefusalReason EarlyTalker = new("early-talker");

    /// <summary>The session had no errors left.</summary>
    public static readonly RefusalReason Errors = new("errors");

    /// <summary>Too slow.</summary>
    public static readonly RefusalReason TimedOut = new("timeout");

    /// <summary>Too many messages in a minute, or on one connection.</summary>
    public static readonly RefusalReason MessageRate = new("message-rate", LogLevel.Warning);

    /// <summary>The sender of MAIL.</summary>
    public static readonly RefusalReason Sender = new("sender");

    /// <summary>A recipient that exists, or is not ours to know.</summary>
    public static readonly RefusalReason Recipient = new("recipient");

    /// <summary>A recipient that does not exist.</summary>
    public static readonly RefusalReason UnknownRecipient = new("unknown-recipient");

    /// <summary>The address named so many recipients that do not exist that it is blocked now.</summary>
    public static readonly RefusalReason Probes = new("probes", LogLevel.Warning);

    /// <summary>A recipient elsewhere, from who may not relay.</summary>
    public static readonly RefusalReason Relay = new("relay");

    /// <summary>The message itself, at its end.</summary>
    public static readonly RefusalReason Message = new("message");

    /// <summary>A login as nobody.</summary>
    public static readonly RefusalReason NoSuchUser = new("no-such-user", LogLevel.Warning);

    /// <summary>A login with a wrong password.</summary>
    public static readonly RefusalReason WrongPassword = new("wrong-password", LogLevel.Warning);

    /// <summary>A right login at an account that is off.</summary>
    public static readonly RefusalReason AccountOff = new("account-off", LogLevel.Warning);

    /// <summary>A right login to send mail, with a password that is the user's name.</summary>
    public static readonly RefusalReason WeakPassword = new("weak-password", LogLevel.Warning);

    /// <summary>A login without TLS where it needs TLS; no password was looked at.</summary>
    public static readonly RefusalReason NoTls = new("no-tls");

    /// <summary>A proof that is bound to another TLS session: somebody may be in between.</summary>
    public static readonly RefusalReason Unbound = new("unbound", LogLevel.Warning);

    /// <summary>A login at a guarded account, from an address that has failed before; the password was not looked at.</summary>
    public static readonly RefusalReason Guarded = new("account-guarded", LogLevel.Warning);

    /// <summary>Too many logins of the account in a minute.</summary>
    public static readonly RefusalReason LoginRate = new("login-rate", LogLevel.Warning);

    /// <summary>A wrong password of the management protocol.</summary>
    public static readonly RefusalReason ManagementPassword = new("management-password", LogLevel.Warning);
}
