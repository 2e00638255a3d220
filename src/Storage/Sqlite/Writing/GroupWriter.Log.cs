using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

internal sealed partial class GroupWriter
{
    [LoggerMessage(2001, LogLevel.Error, "A group of {Count} writes could not be written and is undone")]
    private partial void LogGroupFailed(Exception exception, int count);

    [LoggerMessage(2002, LogLevel.Error, "The commit of {Count} writes failed")]
    private partial void LogCommitFailed(Exception exception, int count);

    [LoggerMessage(2003, LogLevel.Error, "Whether {Count} writes took place is unknown")]
    private partial void LogCommitUnknown(Exception exception, int count);

    [LoggerMessage(2004, LogLevel.Warning, "The store's log could not be carried into the database at the end; the next start does it")]
    private partial void LogNotCarriedOver(Exception exception);

    [LoggerMessage(2005, LogLevel.Warning, "The length of the store's log could not be read")]
    private partial void LogNotMeasured(Exception exception);
}
