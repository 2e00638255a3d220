using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

internal sealed partial class SmtpSession
{
    private readonly ILogger logger = services.Logger;

    [LoggerMessage(231, LogLevel.Error, "{Verb} of {Address} failed")]
    private partial void LogFault(Exception exception, SmtpVerb verb, IPAddress address);

    [LoggerMessage(234, LogLevel.Information, "session of {Address} ended by us: {Reply}")]
    private partial void LogEnded(IPAddress address, SmtpReply reply);
}
