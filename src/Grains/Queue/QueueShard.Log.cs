using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class QueueShard
{
    private ILogger<QueueShard> Logger => Services.Logger;

    public void LogNotPumped(Exception failure, string partition) => LogNotPumped(Logger, failure, partition);

    public void LogNotServed(Exception failure, string entry) => LogNotServed(Logger, failure, entry);

    public void LogNotReported(Exception failure, string entry) => LogNotReported(Logger, failure, entry);

    public void LogUnreportable(Exception failure, string entry) => LogUnreportable(Logger, failure, entry);

    public void LogFeedFailed(Exception failure, string domain) => LogFeedFailed(Logger, failure, domain);

    public void LogAttemptFailed(Exception failure, QueueEntry entry) => LogAttemptFailed(Logger, failure, entry.Id, entry.Target.Address);

    /// <summary>One line for an attempt that has ended.</summary>
    public void LogEnded(QueueRow next)
    {
        var entry = next.Entry!;
        if (entry.Failed)
            LogFailed(Logger, entry.Id, entry.Target.Address, entry.Attempts, entry.IsReported, entry.Status);
        else if (next.Finished || next.Lane == DueLane.Report)
            LogDone(Logger, entry.Id, entry.Target.Address, entry.Attempts, entry.Status);
        else
            LogLater(Logger, entry.Id, entry.Target.Address, entry.Attempts, entry.Status, entry.NextAttempt);
    }

    private void LogNotWritten(Exception failure, string entry) => LogNotWritten(Logger, failure, entry);

    private void LogNotReleased(Exception failure, string entry) => LogNotReleased(Logger, failure, entry);

    private void LogNotGivenBack(int shard) => LogNotGivenBack(Logger, shard);

    [LoggerMessage(613, LogLevel.Warning, "The due entries of {Partition} could not be read; tried again in a minute")]
    private static partial void LogNotPumped(ILogger logger, Exception failure, string partition);

    [LoggerMessage(614, LogLevel.Warning, "Queue entry {Entry} could not be read; tried again in a minute")]
    private static partial void LogNotServed(ILogger logger, Exception failure, string entry);

    [LoggerMessage(603, LogLevel.Warning, "Message {MessageId} to {Recipient}: the attempt failed by a fault of ours")]
    private static partial void LogAttemptFailed(ILogger logger, Exception failure, MessageId messageId, string recipient);

    [LoggerMessage(604, LogLevel.Information, "Message {MessageId} to {Recipient}, attempt {Attempt}: {Status}; next attempt {Next:u}")]
    private static partial void LogLater(ILogger logger, MessageId messageId, string recipient, int attempt, string status, DateTimeOffset next);

    [LoggerMessage(605, LogLevel.Warning, "Message {MessageId} to {Recipient} failed at attempt {Attempt} (to be reported: {Reported}): {Status}")]
    private static partial void LogFailed(ILogger logger, MessageId messageId, string recipient, int attempt, bool reported, string status);

    [LoggerMessage(606, LogLevel.Information, "Message {MessageId} to {Recipient}, attempt {Attempt}: done: {Status}")]
    private static partial void LogDone(ILogger logger, MessageId messageId, string recipient, int attempt, string status);

    [LoggerMessage(607, LogLevel.Warning, "The body that queue entry {Entry} held could not be released; a sweep will find it")]
    private static partial void LogNotReleased(ILogger logger, Exception failure, string entry);

    [LoggerMessage(608, LogLevel.Warning, "Queue entry {Entry} could not be written; it stays as it is until it can be")]
    private static partial void LogNotWritten(ILogger logger, Exception failure, string entry);

    [LoggerMessage(609, LogLevel.Warning, "Entries of queue shard {Shard} were still being sent or written at its end; their attempts are repeated when their time comes")]
    private static partial void LogNotGivenBack(ILogger logger, int shard);

    [LoggerMessage(610, LogLevel.Warning, "The report that queue entry {Entry} owes was not sent; tried again in a minute")]
    private static partial void LogNotReported(ILogger logger, Exception failure, string entry);

    [LoggerMessage(611, LogLevel.Error, "Mail for {Domain} could not be handed to the relay; tried again in a minute")]
    private static partial void LogFeedFailed(ILogger logger, Exception failure, string domain);

    [LoggerMessage(613, LogLevel.Error, "The report that queue entry {Entry} owes cannot be made; its sender is not told")]
    private static partial void LogUnreportable(ILogger logger, Exception failure, string entry);
}
