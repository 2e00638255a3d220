using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Silo;

/// <summary>The Orleans side of the process.</summary>
public sealed record SiloOptions
{
    /// <summary>Cluster:Id: processes with the same id form one cluster. Default: <c>mail</c>.</summary>
    public string ClusterId { get; init; } = "mail";

    /// <summary>Silo:Address: where silos and gateways reach this silo, and where it listens. Default: loopback; in a cluster the first address of the machine that is none, in Development loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Silo:Port: silo to silo. Default: any free port, since the embedded silo talks to nobody; in a cluster 11111.</summary>
    public int Port { get; init; }

    /// <summary>Silo:GatewayPort: for gateways. None in an embedded silo; default in a cluster: 30000.</summary>
    public int GatewayPort { get; init; }

    /// <summary>A silo that is alone.</summary>
    public static SiloOptions Embedded(Parameters parameters) => new()
    {
        ClusterId = ClusterSettings.From(parameters).Id,
        Port = PortOf(parameters, "Silo:Port", 0),
    };

    /// <summary>A silo of a cluster.</summary>
    public static SiloOptions Clustered(Parameters parameters, bool development)
    {
        var address = parameters.Find("Silo:Address") is null && !development ? OwnAddress() : parameters.Address("Silo:Address", IPAddress.Loopback);
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            throw new ParameterException("Silo:Address", address.ToString(), "an address of this machine that others can reach");
        return new()
        {
            ClusterId = ClusterSettings.From(parameters).Id,
            Address = address,
            Port = PortOf(parameters, "Silo:Port", 11111),
            GatewayPort = PortOf(parameters, "Silo:GatewayPort", 30000),
        };
    }

    private static int PortOf(Parameters parameters, string name, int fallback) =>
        (parameters.Port(name) ?? fallback) is > 0 and var port ? port : FreePort();

    // Orleans must know its port before it listens (it is part of the silo's address), so 0 is resolved here.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static IPAddress OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .Select(network => network.GetIPProperties())
        .OrderBy(network => network.GatewayAddresses.Count > 0 ? 0 : 1) // the way to others, before bridges that end on this machine
        .SelectMany(network => network.UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.ToString().StartsWith("169.254.", StringComparison.Ordinal))
        .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
        .FirstOrDefault() ?? throw new ParameterException("Silo:Address", "", "set, since this machine has no other address than loopback");
}
