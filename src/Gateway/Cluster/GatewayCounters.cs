namespace Orleans.Mail.Gateway.Cluster;

/// <summary>What this gateway has done since it started, for STATUS.</summary>
public sealed class GatewayCounters
{
    private long received;

    /// <summary>Messages accepted with 250.</summary>
    public long MailsReceived => Interlocked.Read(ref received);

    public void CountReceived() => Interlocked.Increment(ref received);
}
