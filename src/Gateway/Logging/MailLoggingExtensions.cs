using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;

namespace Orleans.Mail.Gateway.Logging;

public static class MailLoggingExtensions
{
    private const string OurCategories = "Orleans.Mail";

    /// <summary>Logs as CFG_LOG_LEVEL says. Of the framework only warnings and errors are shown, and no more than of ourselves.</summary>
    public static ILoggingBuilder AddMailLog(this ILoggingBuilder logging, MailLogOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel((LogLevel)Math.Max((int)options.Minimum, (int)LogLevel.Warning));
        logging.AddFilter(OurCategories, options.Minimum);
        logging.AddFilter(ProtocolTrace.Category, LogLevel.Information); // an operator asked for it
        logging.Services.AddSingleton<ILoggerProvider>(services =>
            new MailLoggerProvider(options, services.GetRequiredService<TimeProvider>()));
        return logging;
    }
}
