using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Logins;

public sealed partial class LoginService
{
    [LoggerMessage(203, LogLevel.Error, "login from {Client} as {Name} could not be checked")]
    private partial void LogUnavailable(Exception exception, IPAddress client, string name);

    [LoggerMessage(204, LogLevel.Error, "login from {Client} as {Name} could not be checked: the domains are not known yet")]
    private partial void LogDomainsUnknown(IPAddress client, string name);

    [LoggerMessage(382, LogLevel.Warning, "the verifier of {Address} could not be made anew")]
    private partial void LogNotRenewed(Exception exception, MailAddress address);

    [LoggerMessage(384, LogLevel.Warning, "whether the login of {Address} still holds could not be found out")]
    private partial void LogNotLookedAt(Exception exception, MailAddress address);

    [LoggerMessage(383, LogLevel.Debug, "login from {Client} as {Name} by {Mechanism}")]
    private partial void LogAccepted(IPAddress client, string name, string mechanism);
}
