using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

internal sealed partial class LogKeeper
{
    [LoggerMessage(2011, LogLevel.Warning, "The store's log could not be carried into the database; it is tried again")]
    private partial void LogKeepingFailed(Exception exception);
}
