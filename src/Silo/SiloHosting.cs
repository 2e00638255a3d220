using System.Net;
using Orleans.Configuration;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>The embedded silo: one process, no membership to share, truth in the row store.</summary>
internal static partial class SiloHosting
{
    public static ISiloBuilder AddEmbeddedSilo(this ISiloBuilder silo, SiloOptions options) =>
        silo.AddIdleSilo(options).UseRowStoreReminders().AddStartupTask(WakeQueueAsync);

    /// <summary>The same silo, but nothing that waits in the store goes on in it: it does what it is called for.</summary>
    public static ISiloBuilder AddIdleSilo(this ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(options.Port, gatewayPort: 0, serviceId: options.ClusterId, clusterId: options.ClusterId);
        silo.Configure<EndpointOptions>(endpoint => endpoint.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, options.Port));
        // A client's own limits save it, not ours (DESIGN "Time limits are explicit"); this is the ceiling for calls that name none.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        return silo.AddRowStoreGrainStorage("rows");
    }

    /// <summary>What waited while nobody was there goes on at once, not at the next reminder.</summary>
    private static async Task WakeQueueAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, IQueueGrain.Shards).Select(shard => grains.GetGrain<IQueueGrain>(shard).WakeAsync()));
        }
        catch (Exception failure)
        {
            LogQueueAsleep(services.GetRequiredService<ILogger<MailServer>>(), failure); // its reminders will wake it
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "the queue could not be woken")]
    private static partial void LogQueueAsleep(ILogger logger, Exception failure);
}
