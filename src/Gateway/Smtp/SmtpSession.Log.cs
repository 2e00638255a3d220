using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

internal sealed partial class SmtpSession
{
    private readonly ILogger logger = services.Logger;

    [LoggerMessage(231, LogLevel.Error, "{Verb} of {Address} failed")]
    private partial void LogFault(Exception exception, SmtpVerb verb, IPAddress address);

    [LoggerMessage(232, LogLevel.Information, "recipient <{Recipient}> of <{Sender}> from {Address} refused: {Reply}")]
    private partial void LogRecipientRefused(string recipient, string sender, IPAddress address, SmtpReply reply);

    [LoggerMessage(233, LogLevel.Information, "{Address} does not speak SMTP (HTTP or TLS): closed")]
    private partial void LogForeign(IPAddress address);

    [LoggerMessage(234, LogLevel.Information, "session of {Address} ended by us: {Reply}")]
    private partial void LogEnded(IPAddress address, SmtpReply reply);

    [LoggerMessage(237, LogLevel.Information, "sender <{Sender}> from {Address} refused: {Reply}")]
    private partial void LogSenderRefused(string sender, IPAddress address, SmtpReply reply);

    [LoggerMessage(235, LogLevel.Trace, "> {Line}", SkipEnabledCheck = true)]
    private partial void LogReceived(string line);

    [LoggerMessage(236, LogLevel.Trace, "< {Reply}")]
    private partial void LogSent(SmtpReply reply);
}
