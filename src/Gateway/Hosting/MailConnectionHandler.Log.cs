using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Hosting;

public abstract partial class MailConnectionHandler
{
    private ILogger Logger => logger;

    [LoggerMessage(1, LogLevel.Debug, "{Protocol} connection from {Address} opened")]
    private partial void LogOpened(ProtocolKind protocol, IPAddress address);

    [LoggerMessage(2, LogLevel.Debug, "{Protocol} connection from {Address} closed ({Tls})")]
    private partial void LogClosed(ProtocolKind protocol, IPAddress address, string tls);

    [LoggerMessage(3, LogLevel.Warning, "{Protocol} connection from {Address} refused: too many connections, or stopping")]
    private partial void LogRefused(ProtocolKind protocol, IPAddress address);

    [LoggerMessage(4, LogLevel.Debug, "{Protocol} connection from {Address} broken: {Reason}")]
    private partial void LogBroken(ProtocolKind protocol, IPAddress address, string reason);

    [LoggerMessage(5, LogLevel.Error, "{Protocol} session of {Address} failed")]
    private partial void LogFailed(Exception exception, ProtocolKind protocol, IPAddress address);

    [LoggerMessage(364, LogLevel.Information, "no TLS with {Address} on {Port}: {Reason}")]
    private partial void LogNoTls(MailPort port, IPAddress address, string reason);

    [LoggerMessage(6, LogLevel.Warning, "the proxy {Address} sent no PROXY header: closed")]
    private protected partial void LogNoHeader(IPAddress address);

    [LoggerMessage(7, LogLevel.Information, "{Protocol} connection from {Address} refused: the address is denied")]
    private protected partial void LogDenied(ProtocolKind protocol, IPAddress address);

    [LoggerMessage(8, LogLevel.Warning, "{Protocol} connection from {Address} refused: too many from there")]
    private protected partial void LogTooMany(ProtocolKind protocol, IPAddress address);
}
