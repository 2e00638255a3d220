using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Relay;

internal sealed partial class DenyOut
{
    [LoggerMessage(720, LogLevel.Warning, "the deny lists do not answer; the last copy serves on")]
    private partial void LogAway(Exception failure);
}
