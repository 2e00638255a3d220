using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Where the process listens: filled in while Kestrel is configured, read once it has bound (port 0 has become a number).</summary>
public sealed class GatewayEndpoints
{
    /// <summary>The name of the port of HTTP.</summary>
    public const string Health = "health";

    private readonly List<(string Name, Func<IPEndPoint> Bound)> listeners = [];

    /// <summary><c>ready: smtp=127.0.0.1:2525 pop3=… management=…</c> (SPEC 10), and the port of HTTP last.</summary>
    public string ReadyLine() => "ready: " + string.Join(' ', listeners.OrderBy(each => each.Name == Health).Select(each => $"{each.Name}={Endpoint(each.Name)}"));

    /// <summary>The bound address of a listener; any-addresses are given as the loopback address that reaches them.</summary>
    public IPEndPoint Endpoint(string name)
    {
        var bound = listeners.Single(each => each.Name == name).Bound();
        return bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, bound.Port)
            : bound;
    }

    /// <summary>A listener that is not Kestrel's.</summary>
    public void Add(string name, IPEndPoint endpoint) => listeners.Add((name, () => endpoint));

    internal void Add(string name, ListenOptions listener) => listeners.Add((name, () => listener.IPEndPoint!));
}
