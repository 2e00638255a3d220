using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Registration of the shared store.</summary>
public static class AzureStoreExtensions
{
    /// <summary>
    /// Adds <see cref="IRowStore"/> and <see cref="IBodyStore"/> over one <see cref="AzureStore"/>. The host makes its tables
    /// and its container before anything else of it starts.
    /// </summary>
    public static IServiceCollection AddAzureStore(this IServiceCollection services, Action<AzureStoreOptions> configure)
    {
        services.AddOptions<AzureStoreOptions>().Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static provider => new AzureStore(
            provider.GetRequiredService<IOptions<AzureStoreOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<AzureStore>>() ?? NullLogger<AzureStore>.Instance,
            provider.GetService<IMeterFactory>()));
        services.AddSingleton(static provider => provider.GetRequiredService<AzureStore>().Rows);
        services.AddSingleton(static provider => provider.GetRequiredService<AzureStore>().Bodies);
        services.AddHostedService<AzureStoreStarter>();
        return services;
    }
}
