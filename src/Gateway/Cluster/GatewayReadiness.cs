using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>Ready means ready: the ports answer and the gateway knows which domains are ours.</summary>
public sealed partial class GatewayReadiness(
    ClusterLink cluster, DomainDirectory domains, ClusterSettings settings, TimeProvider time, ILogger<GatewayReadiness> logger)
{
    /// <summary>How soon a cluster that does not answer is asked again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Returns when mail can be accepted. A process that is alone with its store has nobody to wait for: its trouble ends the start.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (!domains.IsLoaded)
        {
            try
            {
                await cluster.SynchronizeAsync(cancellationToken);
            }
            catch (Exception exception) when (settings.IsShared && !cancellationToken.IsCancellationRequested)
            {
                LogWaiting(exception);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(101, LogLevel.Warning, "the cluster does not tell its domains yet; it is asked again")]
    private partial void LogWaiting(Exception exception);
}
