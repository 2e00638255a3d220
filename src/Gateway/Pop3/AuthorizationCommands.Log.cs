using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Pop3;

internal sealed partial class AuthorizationCommands
{
    private readonly ILogger logger = services.Logger;

    [LoggerMessage(332, LogLevel.Warning, "the mailbox of {User} was not opened; asked again")]
    private partial void LogNotOpened(Exception exception, MailAddress user);

    [LoggerMessage(331, LogLevel.Warning, "the mailbox of {User}, which may be open without a session, was not released; its lease ends by itself")]
    private partial void LogNotReleased(Exception exception, MailAddress user);
}
