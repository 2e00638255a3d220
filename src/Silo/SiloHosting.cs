using System.Net;
using Orleans.Configuration;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>The embedded silo: one process, no membership to share, truth in the row store.</summary>
internal static class SiloHosting
{
    public static ISiloBuilder AddEmbeddedSilo(this ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(options.Port, gatewayPort: 0, serviceId: options.ClusterId, clusterId: options.ClusterId);
        silo.Configure<EndpointOptions>(endpoint => endpoint.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, options.Port));
        // A client's own limits save it, not ours (DESIGN "Time limits are explicit"); this is the ceiling for calls that name none.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        silo.AddRowStoreGrainStorage("rows").UseRowStoreReminders();
        return silo;
    }
}
