using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class QueueGrain
{
    [LoggerMessage(601, LogLevel.Warning, "The due entries of {Partition} could not be read; tried again in a minute")]
    private partial void LogNotPumped(Exception failure, string partition);

    [LoggerMessage(602, LogLevel.Warning, "Queue entry {Entry} could not be read or written; tried again in a minute")]
    private partial void LogNotServed(Exception failure, string entry);

    [LoggerMessage(603, LogLevel.Warning, "Message {MessageId} to {Recipient}: the attempt failed by a fault of ours")]
    private partial void LogAttemptFailed(Exception failure, MessageId messageId, string recipient);

    [LoggerMessage(604, LogLevel.Information, "Message {MessageId} to {Recipient}: {Status}; next attempt {Next:u}")]
    private partial void LogLater(MessageId messageId, string recipient, string status, DateTimeOffset next);

    [LoggerMessage(605, LogLevel.Warning, "Message {MessageId} to {Recipient} failed (to be reported: {Reported}): {Status}")]
    private partial void LogFailed(MessageId messageId, string recipient, bool reported, string status);

    [LoggerMessage(606, LogLevel.Information, "Message {MessageId} to {Recipient}: done")]
    private partial void LogDone(MessageId messageId, string recipient);

    [LoggerMessage(607, LogLevel.Warning, "The body that queue entry {Entry} held could not be released; a sweep will find it")]
    private partial void LogNotReleased(Exception failure, string entry);
}
