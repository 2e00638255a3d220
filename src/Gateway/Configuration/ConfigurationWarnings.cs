using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>Says at start what in the configuration is odd, but no reason to stop.</summary>
public sealed partial class ConfigurationWarnings(IConfiguration configuration, ILogger<ConfigurationWarnings> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var name in ExtremailConf.UnknownNames(configuration))
            LogUnknown(ExtremailConf.FileName, name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(330, LogLevel.Warning, "{File}: {Name} is no parameter and has no effect")]
    private partial void LogUnknown(string file, string name);
}
