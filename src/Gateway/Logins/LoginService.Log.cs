using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Logins;

public sealed partial class LoginService
{
    [LoggerMessage(200, LogLevel.Warning, "login from {Client} as {Name} refused: no such user")]
    private partial void LogUnknownUser(IPAddress client, string name);

    [LoggerMessage(201, LogLevel.Warning, "login from {Client} as {Name} refused: wrong password")]
    private partial void LogWrongPassword(IPAddress client, string name);

    [LoggerMessage(202, LogLevel.Warning, "login from {Client} as {Name} refused: the account is off")]
    private partial void LogDisabled(IPAddress client, string name);

    [LoggerMessage(203, LogLevel.Error, "login from {Client} as {Name} could not be checked")]
    private partial void LogUnavailable(Exception exception, IPAddress client, string name);

    [LoggerMessage(204, LogLevel.Error, "login from {Client} as {Name} could not be checked: the domains are not known yet")]
    private partial void LogDomainsUnknown(IPAddress client, string name);
}
