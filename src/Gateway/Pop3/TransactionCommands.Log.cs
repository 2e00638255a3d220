using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Pop3;

internal sealed partial class TransactionCommands
{
    [LoggerMessage(320, LogLevel.Debug, "{User} at {Client} read {Messages} messages ({Octets} octets), marked {Deleted} as deleted, in {Seconds} s")]
    private partial void LogSession(IPAddress client, MailAddress user, long messages, long octets, int deleted, double seconds);

    [LoggerMessage(321, LogLevel.Warning, "the deletions of a session were not committed; asked again")]
    private partial void LogCommitAgain(Exception exception);

    [LoggerMessage(322, LogLevel.Error, "the deletions of {User} were not committed, or their outcome is unknown")]
    private partial void LogNotCommitted(Exception exception, MailAddress user);

    [LoggerMessage(323, LogLevel.Warning, "the mailbox of {User} was not released; its lease ends by itself")]
    private partial void LogNotReleased(Exception exception, MailAddress user);

    [LoggerMessage(324, LogLevel.Warning, "the session of {User} has lost its mailbox: nothing was deleted")]
    private partial void LogLeaseLost(MailAddress user);
}
