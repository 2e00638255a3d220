using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class SubmissionGrain
{
    [LoggerMessage(501, LogLevel.Error, "Message {MessageId}: its body could not be shared")]
    private partial void LogNotShared(Exception failure, MessageId messageId);

    [LoggerMessage(502, LogLevel.Error, "Message {MessageId}: not delivered to mailbox {MailboxId}, or the outcome is unknown")]
    private partial void LogNotDelivered(Exception failure, MessageId messageId, string mailboxId);

    [LoggerMessage(503, LogLevel.Error, "Message {MessageId}: its body is not in the store; not delivered to mailbox {MailboxId}")]
    private partial void LogBodyMissing(MessageId messageId, string mailboxId);

    [LoggerMessage(504, LogLevel.Warning, "Message {MessageId}: the body of a mailbox that is gone was not released; a sweep will find it")]
    private partial void LogNotReleased(Exception failure, MessageId messageId);
}
