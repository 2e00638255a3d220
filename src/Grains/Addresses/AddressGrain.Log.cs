using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class AddressGrain
{
    [LoggerMessage(301, LogLevel.Warning, "The deletion of the user of mailbox {MailboxId} stopped; it will be taken up again")]
    private partial void LogDeletionPutOff(Exception failure, string? mailboxId);
}
