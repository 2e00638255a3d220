using Orleans.Mail.Gateway.Domains;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>Ready means ready: the ports answer and the gateway knows which domains are ours.</summary>
public sealed class GatewayReadiness(ClusterLink cluster, DomainDirectory domains)
{
    /// <summary>Returns when mail can be accepted.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (!domains.IsLoaded)
            await cluster.SynchronizeAsync(cancellationToken);
    }
}
