using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class MailboxCleaner
{
    [LoggerMessage(101, LogLevel.Warning, "Cleaning {Mailbox} stopped; it will be taken up again")]
    private partial void LogFailed(Exception failure, string mailbox);
}
