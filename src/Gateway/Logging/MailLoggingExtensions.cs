using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Logging;

internal static class MailLoggingExtensions
{
    private const string OurCategories = "Orleans.Mail";

    /// <summary>
    /// Logs as CFG_LOG_LEVEL says. Of the framework only warnings and errors are shown, and no more than of ourselves; and none
    /// when the start is broken off, which it takes for a failure.
    /// </summary>
    internal static ILoggingBuilder AddMailLog(this ILoggingBuilder logging, MailLogOptions options, StartState start)
    {
        logging.ClearProviders();
        var framework = (LogLevel)Math.Max((int)options.Minimum, (int)LogLevel.Warning);
        logging.Services.Configure<LoggerFilterOptions>(filter => filter.Rules.Add(new(null, null, framework, (_, _, _) => !start.IsBrokenOff)));
        logging.AddFilter(OurCategories, options.Minimum);
        logging.AddFilter(ProtocolTrace.Category, LogLevel.Information); // an operator asked for it
        logging.Services.AddSingleton<ILoggerProvider>(services =>
            new MailLoggerProvider(options, services.GetRequiredService<TimeProvider>()));
        return logging;
    }
}
