using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

internal sealed partial class MessageReceiver
{
    private readonly ILogger logger = services.Logger;

    [LoggerMessage(221, LogLevel.Information, "message {Message} from {Address}: sender <{Sender}>, {Recipients} recipients (<{First}>), {Size} octets: {Reply}")]
    private partial void LogMessage(MessageId message, IPAddress address, string sender, int recipients, string first, long size, SmtpReply reply);

    [LoggerMessage(386, LogLevel.Information, "message {Message} from {Address} by user {User}: sender <{Sender}>, {Recipients} recipients (<{First}>), {Size} octets: {Reply}")]
    private partial void LogUserMessage(MessageId message, IPAddress address, MailAddress user, string sender, int recipients, string first, long size, SmtpReply reply);

    [LoggerMessage(222, LogLevel.Warning, "the store did not take message {Message}")]
    private partial void LogNotStored(Exception exception, MessageId message);

    [LoggerMessage(224, LogLevel.Warning, "whether the client of message {Message} may relay is not known now")]
    private partial void LogRightUnknown(Exception exception, MessageId message);

    [LoggerMessage(223, LogLevel.Debug, "message {Message} was given up")]
    private partial void LogGivenUp(Exception? exception, MessageId message);
}
