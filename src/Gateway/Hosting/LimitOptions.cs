using System.Net;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>How many connections a gateway holds, over all mail ports.</summary>
public sealed record LimitOptions
{
    /// <summary>Limits:Connections: in all. Default: 10,000.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Limits:ConnectionsPerAddress: from one address, for IPv6 one /64. Default: 50.</summary>
    public int ConnectionsPerAddress { get; init; } = 50;

    /// <summary>Limits:Exempt: addresses that the limit per address does not hold for. Default: 127.0.0.1, ::1.</summary>
    public IReadOnlyList<IPAddress> Exempt { get; init; } = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    public static LimitOptions From(Parameters parameters)
    {
        var defaults = new LimitOptions();
        return new()
        {
            Connections = parameters.WholeNumber("Limits:Connections", defaults.Connections, 1, 1_000_000),
            ConnectionsPerAddress = parameters.WholeNumber("Limits:ConnectionsPerAddress", defaults.ConnectionsPerAddress, 1, 1_000_000),
            Exempt = parameters.Addresses("Limits:Exempt", defaults.Exempt),
        };
    }
}
