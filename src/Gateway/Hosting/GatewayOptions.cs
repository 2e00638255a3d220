using System.Net;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Where the gateway listens and how it calls itself.</summary>
public sealed record GatewayOptions
{
    /// <summary>Gateway:Bind: the address of the mail ports. Default: all addresses; loopback in Development.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Any;

    /// <summary>Gateway:HostName: stands in the banner, EHLO and Received. Default: the machine's fully qualified name.</summary>
    public string HostName { get; init; } = Dns.GetHostName();

    /// <summary>Gateway:TrustedProxies: peers that must say by a PROXY header for whom they connect. Default: none.</summary>
    public IReadOnlyList<AddressPrefix> TrustedProxies { get; init; } = [];

    /// <summary>How long a reply may wait for a client that does not read. Default: 5 minutes (RFC 5321 4.5.3.2.7).</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long running transactions may take to end after SIGTERM. Default: 20 s (of the 30 s of SPEC 10).</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public static GatewayOptions From(Parameters parameters, bool development) => new()
    {
        Bind = parameters.Address("Gateway:Bind", development ? IPAddress.Loopback : IPAddress.Any),
        HostName = HostNameOf(parameters),
        TrustedProxies = parameters.Prefixes("Gateway:TrustedProxies", []),
    };

    /// <summary>The name that the whole server goes by.</summary>
    public static string HostNameOf(Parameters parameters) => parameters.Text("Gateway:HostName", FullyQualifiedName());

    private static string FullyQualifiedName()
    {
        var name = Dns.GetHostName();
        var domain = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().DomainName;
        return domain.Length == 0 || domain == "(none)" || name.Contains('.', StringComparison.Ordinal) ? name : $"{name}.{domain}";
    }
}
