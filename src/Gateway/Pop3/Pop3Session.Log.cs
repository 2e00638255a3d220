using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Gateway.Pop3;

internal sealed partial class Pop3Session
{
    [LoggerMessage(310, LogLevel.Error, "{Verb} failed")]
    private partial void LogTrouble(Exception exception, Pop3Verb verb);
}
