using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>
/// The grains on the embedded store without any port, for tools that change the store while the server is stopped: one
/// writer per thing and conditional writes hold for them as for the server. The queue and other work that waits stays
/// asleep: a tool sends no mail.
/// </summary>
public sealed class OfflineServer : IAsyncDisposable
{
    private readonly IHost host;

    private OfflineServer(IHost host) => this.host = host;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public IRowStore Rows => host.Services.GetRequiredService<IRowStore>();

    public IBodyStore Bodies => host.Services.GetRequiredService<IBodyStore>();

    /// <summary>The password of the management protocol.</summary>
    public ManagementAccess Access => host.Services.GetRequiredService<ManagementAccess>();

    /// <summary>Opens the store and starts the grains. Warnings go to standard error.</summary>
    /// <exception cref="StorageException">The store is in use, or in trouble.</exception>
    public static async Task<OfflineServer> StartAsync(Parameters parameters)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Error).AddFilter("Orleans.Mail", LogLevel.Warning);
        StorageSettings.From(parameters).AddTo(builder.Services);
        builder.UseOrleans(silo => silo.AddIdleSilo(SiloOptions.Embedded(parameters)));
        builder.Services.AddMailGrains(parameters).AddSingleton<ManagementAccess>();

        // Imported messages have ids of long ago: no mailbox may take them for late retries.
        builder.Services.PostConfigure<MailboxOptions>(mailbox => mailbox.TombstoneAge = DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch);

        var host = builder.Build();
        try
        {
            _ = host.Services.GetRequiredService<IRowStore>(); // a store in use is refused before the silo starts
            await host.StartAsync();
            return new OfflineServer(host);
        }
        catch
        {
            await StopAsync(host);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await StopAsync(host);
    }

    private static ValueTask StopAsync(IHost host) => ((IAsyncDisposable)host).DisposeAsync();
}
