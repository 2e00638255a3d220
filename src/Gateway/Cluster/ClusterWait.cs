using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>A gateway may start before the silos: it waits for them, however long that takes, and says so from time to time.</summary>
internal sealed partial class ClusterWait(TimeProvider time, ILogger<ClusterWait> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SayAfter = TimeSpan.FromSeconds(30);

    private long? said;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (said is not { } last || time.GetElapsedTime(last) >= SayAfter)
        {
            said = time.GetTimestamp();
            LogWaiting(exception.Message);
        }

        await Task.Delay(RetryAfter, time, cancellationToken);
        return true;
    }

    [LoggerMessage(102, LogLevel.Warning, "no silo answers yet; the gateway waits for one: {Reason}")]
    private partial void LogWaiting(string reason);
}
