using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Orleans.Mail.Storage;

/// <summary>Where clients find silos: the active ones that listen to clients.</summary>
internal sealed class RowStoreGatewayList(IRowStore rows, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateway) : IGatewayListProvider
{
    private readonly RowRange silos = MembershipRows.AllSilos(MembershipRows.Partition(cluster.Value.ClusterId));

    public TimeSpan MaxStaleness => gateway.Value.GatewayListRefreshPeriod;

    [Obsolete("The runtime asks for it no more.")]
    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        var gateways = new List<Uri>();
        foreach (var entry in (await rows.ScanAllAsync(silos, CancellationToken.None)).Select(MembershipRows.ReadSilo))
        {
            if (entry is { Status: SiloStatus.Active, ProxyPort: > 0 })
                gateways.Add(SiloAddress.New(entry.SiloAddress.Endpoint.Address, entry.ProxyPort, entry.SiloAddress.Generation).ToGatewayUri());
        }

        return gateways;
    }
}
