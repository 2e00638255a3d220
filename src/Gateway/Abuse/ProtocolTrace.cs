using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// Logs what clients and server say to each other: of everyone at CFG_LOG_LEVEL 5, and of the addresses of TRACE at any
/// level. Never a message's content. Secrets are left out by who knows them for such: the state machines of the protocols,
/// which pass <see cref="Secret"/> in their place.
/// </summary>
public sealed partial class ProtocolTrace(TraceDirectory traced, ILoggerFactory loggers)
{
    /// <summary>The category of the addresses of TRACE, which no level holds back.</summary>
    public const string Category = "Orleans.Mail.Trace";

    /// <summary>Stands where a secret stood.</summary>
    public const string Secret = "***";

    private const int MaxLine = 1000;

    private readonly ILogger all = loggers.CreateLogger<ProtocolTrace>();
    private readonly ILogger some = loggers.CreateLogger(Category);

    /// <summary>Whether anybody wants to see what this client says.</summary>
    public bool IsOn(IPAddress client) => all.IsEnabled(LogLevel.Trace) || traced.Covers(client);

    /// <summary>What the client said, without secrets. Call it when <see cref="IsOn"/>.</summary>
    public void Received(ClientConnection client, string line) => Log(client, '>', line);

    /// <summary>What the server says. Challenges of SASL are left out (RFC 4954 section 4: <c>334</c>; RFC 5034 section 4: <c>+</c>), since they are a part of the proof.</summary>
    public void Sent(ClientConnection client, ReadOnlySpan<byte> octets)
    {
        if (octets.StartsWith("334 "u8))
            Sent(client, "334 " + Secret);
        else if (octets.StartsWith("+ "u8))
            Sent(client, "+ " + Secret);
        else if (octets.ContainsAnyExcept("\r\n"u8)) // a line's end may come alone
            Sent(client, Encoding.UTF8.GetString(octets[..Math.Min(octets.Length, MaxLine)]).TrimEnd('\r', '\n'));
    }

    /// <summary>What the server says, without secrets.</summary>
    public void Sent(ClientConnection client, string line) => Log(client, '<', line);

    private void Log(ClientConnection client, char direction, string line)
    {
        line = line.Length <= MaxLine ? line : line[..MaxLine];
        if (traced.Covers(client.RemoteAddress))
            LogLine(some, LogLevel.Information, client.RemoteAddress, client.Port, direction, line);
        else
            LogLine(all, LogLevel.Trace, client.RemoteAddress, client.Port, direction, line);
    }

    [LoggerMessage(EventId = 925, Message = "trace {Client} {Port} {Direction} {Line}")]
    private static partial void LogLine(ILogger logger, LogLevel level, IPAddress client, MailPort port, char direction, string line);
}
