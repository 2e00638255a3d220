using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Relay;

internal sealed partial class DomainRoutes
{
    [LoggerMessage(721, LogLevel.Warning, "where the mail of {Domain} goes is not known: the cluster does not answer")]
    private partial void LogUnknown(Exception failure, string domain);

    [LoggerMessage(722, LogLevel.Warning, "how the hosts of {Domain} fared could not be told to the cluster")]
    private partial void LogNotTold(Exception failure, string domain);
}
