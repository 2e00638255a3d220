using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Relay.Sending;

internal sealed partial class MessageSender
{
    [LoggerMessage(521, LogLevel.Information, "message {Message} to {Host} (<{First}>): {Sent} sent, {Later} later, {Failed} failed: {Status}", SkipEnabledCheck = true)]
    private partial void LogSent(MessageId message, string host, string first, int sent, int later, int failed, string status);

    [LoggerMessage(522, LogLevel.Debug, "{Host} [{Address}] took nothing: {Status}")]
    private partial void LogRefused(string host, IPAddress address, string status);

    [LoggerMessage(523, LogLevel.Warning, "message {Message} could not be sent")]
    private partial void LogTrouble(Exception failure, MessageId message);
}
