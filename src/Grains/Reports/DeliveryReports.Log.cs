using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class DeliveryReports
{
    [LoggerMessage(752, LogLevel.Information, "Message {MessageId}: a report ({Kind}) goes to {Sender} as {ReportId}")]
    private partial void LogSent(MessageId messageId, ReportKind kind, string sender, MessageId reportId);

    [LoggerMessage(753, LogLevel.Warning, "Message {MessageId}: no report ({Kind}), for its sender {Sender} leads nowhere: {Verdict}")]
    private partial void LogUnreportable(MessageId messageId, ReportKind kind, string sender, RouteVerdict verdict);

    [LoggerMessage(754, LogLevel.Warning, "Message {MessageId}: its sender {Sender} does not take the report ({Kind}): {Outcome}")]
    private partial void LogRefused(MessageId messageId, ReportKind kind, string sender, SubmitOutcome outcome);

    [LoggerMessage(755, LogLevel.Information, "Message {MessageId} of {Sender} is a report or an automatic reply itself: no report ({Kind})")]
    private partial void LogNotWanted(MessageId messageId, ReportKind kind, string sender);

    [LoggerMessage(756, LogLevel.Error, "Message {MessageId} cannot be read; the report to its sender {Sender} goes without it")]
    private partial void LogLost(Exception failure, MessageId messageId, string sender);
}
