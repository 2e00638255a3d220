using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class DenyListGrain
{
    [LoggerMessage(130, LogLevel.Warning, "a change of the deny entries {Kind} was not announced; gateways find it later")]
    private partial void LogNotAnnounced(Exception exception, string kind);
}
