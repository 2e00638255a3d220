using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Logins;

public sealed partial class LoginService
{
    [LoggerMessage(203, LogLevel.Error, "login from {Client} as {Name} could not be checked")]
    private partial void LogUnavailable(Exception exception, IPAddress client, string name);

    [LoggerMessage(204, LogLevel.Error, "login from {Client} as {Name} could not be checked: the domains are not known yet")]
    private partial void LogDomainsUnknown(IPAddress client, string name);
}
