using System.Net;
using System.Net.Sockets;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Silo;

/// <summary>The Orleans side of the process.</summary>
public sealed record SiloOptions
{
    /// <summary>Cluster:Id: processes with the same id form one cluster. Default: <c>mail</c>.</summary>
    public string ClusterId { get; init; } = "mail";

    /// <summary>Silo:Port: silo to silo. Default: any free port, since the embedded silo talks to nobody.</summary>
    public int Port { get; init; }

    public static SiloOptions From(Parameters parameters) => new()
    {
        ClusterId = parameters.Text("Cluster:Id", "mail"),
        Port = parameters.Port("Silo:Port") is > 0 and var port ? port : FreePort(),
    };

    // Orleans must know its port before it listens (it is part of the silo's address), so 0 is resolved here.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
