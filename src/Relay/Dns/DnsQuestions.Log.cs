using DnsClient;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Relay;

internal sealed partial class DnsQuestions
{
    [LoggerMessage(700, LogLevel.Debug, "the DNS server {Server} answers {Question} with {Code}")]
    private partial void LogRefused(string server, string question, DnsHeaderResponseCode code);

    [LoggerMessage(701, LogLevel.Debug, "the DNS server {Server} gives no answer to {Question}")]
    private partial void LogSilent(Exception failure, string server, string question);
}
