using System.Net;
using Orleans.Configuration;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>A silo among others: they find each other in the row store, and probe each other.</summary>
internal static class ClusterHosting
{
    public static ISiloBuilder AddClusterSilo(this ISiloBuilder silo, SiloOptions options)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = options.Address;
            (endpoint.SiloPort, endpoint.GatewayPort) = (options.Port, options.GatewayPort);
            endpoint.SiloListeningEndpoint = new IPEndPoint(options.Address, options.Port);
            endpoint.GatewayListeningEndpoint = new IPEndPoint(options.Address, options.GatewayPort);
        });
        silo.UseRowStoreClustering();
        silo.Configure<ClusterMembershipOptions>(FindDeathSoon);
        return silo.AddGrainRuntime().AddStartupWork();
    }

    /// <summary>
    /// A killed silo is out within 10 s. Two of three must agree, or the only other one; when more die than are left to
    /// vote, those that have given no sign of life for 30 s do not count any more.
    /// </summary>
    private static void FindDeathSoon(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(2);
        membership.MinProbeTimeout = membership.ProbeTimeout; // a busy host is not a dead one
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(4);
        membership.NumMissedProbesLimit = 2;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 6; // half a minute: longer than a store is away that nobody notices
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(2); // then the process ends, and whoever started it starts it again
        membership.EvictWhenMaxJoinAttemptTimeExceeded = false; // when it began, a silo says by its own clock: one that is behind would never be taken in
        membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
    }
}
