using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class MailingListGrain
{
    [LoggerMessage(701, LogLevel.Warning, "The removal of members from {Partition} stopped; it will be taken up again")]
    private partial void LogRemovalPutOff(Exception failure, string partition);
}
