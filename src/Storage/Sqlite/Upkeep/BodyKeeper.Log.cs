using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

internal sealed partial class BodyKeeper
{
    [LoggerMessage(2021, LogLevel.Warning, "Bodies that nobody holds could not be removed; it is tried again")]
    private partial void LogRemovalFailed(Exception exception);

    [LoggerMessage(2022, LogLevel.Debug, "Bodies are no longer looked after")]
    private partial void LogStopped();
}
