using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Hosting;

public abstract partial class MailProcess
{
    [LoggerMessage(8, LogLevel.Information, "told to stop before it was ready")]
    private partial void LogStoppedEarly();

    [LoggerMessage(9, LogLevel.Debug, "what the start was at")]
    private partial void LogBrokenOff(Exception exception);

    [LoggerMessage(14, LogLevel.Debug, "what had not started could not be stopped in order")]
    private partial void LogNotStopped(Exception exception);
}
