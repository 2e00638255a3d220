using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Registration of the embedded store.</summary>
public static class SqliteStoreExtensions
{
    /// <summary>Adds <see cref="IRowStore"/> and <see cref="IBodyStore"/> over one <see cref="SqliteStore"/>, which opens when it is first needed and closes with the host.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, Action<SqliteOptions>? configure = null)
    {
        services.AddOptions<SqliteOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static provider => SqliteStore.Open(
            provider.GetRequiredService<IOptions<SqliteOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<SqliteStore>>() ?? NullLogger<SqliteStore>.Instance,
            provider.GetService<IMeterFactory>()));
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Rows);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Bodies);
        return services;
    }
}
