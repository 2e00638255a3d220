using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Relay.Connections;

internal sealed partial class PeerConnection
{
    private readonly ILogger logger;

    private void LogCommands(bool isSecret)
    {
        foreach (var line in Encoding.UTF8.GetString(Output.Written.Span).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            LogCommand(Host, isSecret ? "(login)" : line);
    }

    [LoggerMessage(501, LogLevel.Trace, "to {Host}: {Line}", SkipEnabledCheck = true)]
    private partial void LogCommand(string host, string line);

    [LoggerMessage(502, LogLevel.Trace, "from {Host}: {Reply}", SkipEnabledCheck = true)]
    private partial void LogReply(string host, PeerReply reply);
}
