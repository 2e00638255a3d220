using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Gateway.Pop3;

internal sealed partial class Pop3Session
{
    [LoggerMessage(310, LogLevel.Error, "{Verb} failed")]
    private partial void LogTrouble(Exception exception, Pop3Verb verb);

    [LoggerMessage(311, LogLevel.Warning, "connection from {Client} speaks another protocol; closed")]
    private partial void LogForeign(IPAddress client);

    // Never the arguments: they hold names and passwords.
    [LoggerMessage(312, LogLevel.Trace, "C: {Verb} {Message}")]
    private partial void LogCommand(Pop3Verb verb, int? message);
}
