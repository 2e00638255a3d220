using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

public sealed partial class LoginService
{
    private void Log(LoginAttempt attempt, LoginVerdict verdict)
    {
        switch (verdict)
        {
            case LoginVerdict.Right:
                LogAccepted(attempt.Client, attempt.Name, attempt.Mechanism is { } mechanism ? SaslMechanisms.NameOf(mechanism) : "PASS");
                break;
            case LoginVerdict.NoUser:
                LogUnknownUser(attempt.Client, attempt.Name);
                break;
            case LoginVerdict.WrongPassword:
                LogWrongPassword(attempt.Client, attempt.Name);
                break;
            case LoginVerdict.Unbound:
                LogUnbound(attempt.Client, attempt.Name);
                break;
            case LoginVerdict.Off:
                LogDisabled(attempt.Client, attempt.Name);
                break;
            case LoginVerdict.WeakPassword:
                LogWeakPassword(attempt.Client, attempt.Name);
                break;
            case LoginVerdict.Unavailable: // logged where the cause was known
                break;
        }
    }

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

    [LoggerMessage(380, LogLevel.Warning, "login from {Client} as {Name} refused: the password is the user's name, so it may not send mail")]
    private partial void LogWeakPassword(IPAddress client, string name);

    [LoggerMessage(381, LogLevel.Warning, "login from {Client} as {Name} refused: it is bound to another TLS session, somebody may be in between")]
    private partial void LogUnbound(IPAddress client, string name);

    [LoggerMessage(382, LogLevel.Warning, "the verifier of {Address} could not be made anew")]
    private partial void LogNotRenewed(Exception exception, MailAddress address);

    [LoggerMessage(383, LogLevel.Debug, "login from {Client} as {Name} by {Mechanism}")]
    private partial void LogAccepted(IPAddress client, string name, string mechanism);
}
