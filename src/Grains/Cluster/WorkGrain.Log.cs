using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class WorkGrain
{
    [LoggerMessage(201, LogLevel.Warning, "Draining {Partition} stopped; its reminder will take it up again")]
    private partial void LogStopped(Exception failure, string partition);

    [LoggerMessage(202, LogLevel.Warning, "Background work {Item} failed; it stays due")]
    private partial void LogPutOff(Exception failure, string item);
}
