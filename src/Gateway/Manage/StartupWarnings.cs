using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Logs the warnings of STATUS once, when everything has started.</summary>
public sealed partial class StartupWarnings(OperatorWarnings warnings, ILogger<StartupWarnings> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var warning in warnings.FindAsync())
                LogWarning(warning);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogUnknown(exception);
        }
    }

    [LoggerMessage(312, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(313, LogLevel.Warning, "the cluster does not answer; its warnings are not known, ask STATUS later")]
    private partial void LogUnknown(Exception exception);
}
