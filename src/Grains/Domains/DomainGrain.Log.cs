using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class DomainGrain
{
    [LoggerMessage(401, LogLevel.Warning, "The deletion of domain {Domain} stopped; it will be taken up again")]
    private partial void LogDeletionPutOff(Exception failure, string domain);

    [LoggerMessage(402, LogLevel.Warning, "The change of domain {Domain} could not be announced; gateways find it within half a minute")]
    private partial void LogNotAnnounced(Exception failure, string domain);
}
