using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

internal sealed partial class MxGrain
{
    [LoggerMessage(730, LogLevel.Information, "the destination {Domain} {Health}")]
    private partial void LogHealth(string domain, string health);

    [LoggerMessage(731, LogLevel.Warning, "DNS is in trouble, the hosts of {Domain} serve on as they were known: {Cause}")]
    private partial void LogStale(string domain, string cause);
}
