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

    [LoggerMessage(4, LogLevel.Debug, "{Protocol} connection from {Address} broken: {Reason}")]
    private partial void LogBroken(ProtocolKind protocol, IPAddress address, string reason);

    [LoggerMessage(5, LogLevel.Error, "{Protocol} session of {Address} failed")]
    private partial void LogFailed(Exception exception, ProtocolKind protocol, IPAddress address);
}
