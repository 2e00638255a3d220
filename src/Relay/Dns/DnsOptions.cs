using System.Net;

namespace Orleans.Mail.Relay;

/// <summary>How DNS is asked.</summary>
public sealed class DnsOptions
{
    /// <summary>Dns:Servers: whom to ask, in this order. Default: none, which means the system's.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; set; } = [];

    /// <summary>TIMEOUT_DNS: what a look-up may take in all, MX and addresses and their repeats. Default: 60 s (the manual's).</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the first question waits for its answer; each round over the servers waits twice as long. Default: 2 s: a datagram that was lost must not cost the 5 s of resolv.conf.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(2);
}
