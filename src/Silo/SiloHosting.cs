using System.Net;
using Orleans.Configuration;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>The embedded silo: one process, no membership to share, truth in the row store. And what every silo has.</summary>
internal static partial class SiloHosting
{
    public static ISiloBuilder AddEmbeddedSilo(this ISiloBuilder silo, SiloOptions options) =>
        silo.AddIdleSilo(options).AddStartupWork();

    /// <summary>The same silo, but nothing that waits in the store goes on in it: it does what it is called for.</summary>
    public static ISiloBuilder AddIdleSilo(this ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(options.Port, gatewayPort: 0, serviceId: options.ClusterId, clusterId: options.ClusterId);
        silo.Configure<EndpointOptions>(endpoint => endpoint.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, options.Port));
        return silo.AddGrainRuntime();
    }

    /// <summary>What grains need of any silo.</summary>
    public static ISiloBuilder AddGrainRuntime(this ISiloBuilder silo)
    {
        // A client's own limits save it, not ours (DESIGN "Time limits are explicit"); this is the ceiling for calls that name none.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        return silo.AddRowStoreGrainStorage("rows");
    }

    /// <summary>What goes on by itself: reminders, and what waited in the store.</summary>
    public static ISiloBuilder AddStartupWork(this ISiloBuilder silo) => silo.UseRowStoreReminders().AddStartupTask(WakeAsync);

    /// <summary>What waited while nobody was there goes on at once, not at the next reminder. The start does not wait for it.</summary>
    private static Task WakeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        var logger = services.GetRequiredService<ILogger<MailServer>>();
        _ = WakeEachAsync(QueueKeys.PartitionCount, shard => grains.GetGrain<IQueueGrain>(shard).WakeAsync(), logger);
        _ = WakeEachAsync(IWorkGrain.Slices, slice => grains.GetGrain<IWorkGrain>(slice).WakeAsync(), logger);
        return Task.CompletedTask;
    }

    /// <summary>Never fails.</summary>
    private static async Task WakeEachAsync(int count, Func<int, Task> wake, ILogger logger)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(wake));
        }
        catch (Exception failure)
        {
            LogAsleep(logger, failure); // its reminders will wake it
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "what waits in the store could not be woken; its reminders will do it")]
    private static partial void LogAsleep(ILogger logger, Exception failure);
}
