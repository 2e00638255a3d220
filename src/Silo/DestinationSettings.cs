using System.Net;
using System.Net.NetworkInformation;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Smtp;
using Orleans.Mail.Relay;

namespace Orleans.Mail.Silo;

/// <summary>The parameters of DNS and of where mail goes.</summary>
internal static class DestinationSettings
{
    private const int DnsPort = 53;

    // The callers of a look-up wait for 90 s.
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromSeconds(80);

    public static IServiceCollection AddMailDestinations(this IServiceCollection services, Parameters parameters, bool development)
    {
        var port = parameters.WholeNumber("Relay:Port", 25, 1, IPEndPoint.MaxPort);
        var (smartHost, smartHostPort) = SmartHost(parameters, port);
        var dns = new DnsOptions();
        dns.Servers = [.. List(parameters, "Dns:Servers").Select(static part => Server(part))];
        dns.TimeLimit = parameters.Seconds("TIMEOUT_DNS", dns.TimeLimit, TimeSpan.FromSeconds(1), LongestLookUp);
        var destinations = new DestinationOptions();
        destinations.Port = port;
        destinations.SmartHost = smartHost;
        destinations.SmartHostPort = smartHostPort;
        destinations.HostName = GatewayOptions.From(parameters, development).HostName;
        destinations.OwnAddresses = [.. parameters.Addresses("Relay:OwnAddresses", []), .. Bound(parameters, development, port)];
        destinations.AllowLoopback = parameters.Switch("Relay:AllowLoopback", development);
        destinations.MaxConnections = parameters.WholeNumber("Relay:MaxConnections", destinations.MaxConnections, 1, 100_000);
        destinations.MaxConnectionsPerDestination = parameters.WholeNumber("Relay:MaxConnectionsPerDestination", destinations.MaxConnectionsPerDestination, 1, 10_000);
        destinations.MaxMessagesPerMinute = parameters.WholeNumber("Relay:MaxMessagesPerMinute", 0, 0, 1_000_000);
        return services.AddDestinations(dns, destinations);
    }

    /// <summary>Where other hosts reach this one. A loopback address is this server only when mail goes to its very port.</summary>
    private static IEnumerable<IPAddress> Bound(Parameters parameters, bool development, int port)
    {
        var bind = GatewayOptions.From(parameters, development).Bind;
        IEnumerable<IPAddress> all = bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any)
            ? NetworkInterface.GetAllNetworkInterfaces().SelectMany(static each => each.GetIPProperties().UnicastAddresses).Select(static unicast => unicast.Address)
            : [bind];
        var isSamePort = SmtpOptions.From(parameters).Port == port;
        return all.Where(address => isSamePort || !IPAddress.IsLoopback(address));
    }

    private static (string Host, int Port) SmartHost(Parameters parameters, int port)
    {
        const string Name = "Relay:SmartHost";
        if (parameters.Find(Name) is not { } value)
            return ("", port);
        if (IPAddress.TryParse(value, out var bare))
            return (bare.ToString(), port);
        if (IPEndPoint.TryParse(value, out var address))
            return (address.Address.ToString(), address.Port == 0 ? port : address.Port);
        var host = value;
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            host = value[..colon];
            if (!ushort.TryParse(value.AsSpan(colon + 1), out var own) || own == 0)
                throw new ParameterException(Name, value, "host, host:port or [address]:port");
            port = own;
        }

        if (!DomainName.TryParse(host.Trim('[', ']'), out var name))
            throw new ParameterException(Name, value, "host, host:port or [address]:port");
        return (name, port);
    }

    private static string[] List(Parameters parameters, string name) =>
        parameters.Text(name, "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPEndPoint Server(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPEndPoint(address, DnsPort);
        if (!IPEndPoint.TryParse(text, out var server))
            throw new ParameterException("Dns:Servers", text, "ip:port parted by commas");
        return server.Port == 0 ? new IPEndPoint(server.Address, DnsPort) : server;
    }
}
