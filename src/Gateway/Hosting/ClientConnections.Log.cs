using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Hosting;

public sealed partial class ClientConnections
{
    [LoggerMessage(6, LogLevel.Information, "stopping; connections that get {Seconds} s to end: {Connections}")]
    private partial void LogDraining(double seconds, int connections);

    [LoggerMessage(7, LogLevel.Information, "drained after {Seconds:F1} s; connections that were cut off: {CutOff}")]
    private partial void LogDrained(double seconds, int cutOff);
}
