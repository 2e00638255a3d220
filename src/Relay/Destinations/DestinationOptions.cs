using System.Net;

namespace Orleans.Mail.Relay;

/// <summary>Where mail goes, and how much at a time.</summary>
public sealed class DestinationOptions
{
    /// <summary>Relay:Port: the port of all hosts. Default: 25.</summary>
    public int Port { get; set; } = 25;

    /// <summary>Relay:SmartHost: takes all mail: its name or address. Default: none, mail goes to the hosts that DNS names.</summary>
    public string SmartHost { get; set; } = "";

    /// <summary>The smart host's port. Default: 25.</summary>
    public int SmartHostPort { get; set; } = 25;

    /// <summary>Gateway:HostName: an MX of that name is this server.</summary>
    public string HostName { get; set; } = "";

    /// <summary>Relay:OwnAddresses, and those that the mail port is bound to: hosts that have them are this server. Default: none.</summary>
    public IReadOnlyList<IPAddress> OwnAddresses { get; set; } = [];

    /// <summary>Relay:AllowLoopback: whether mail may go to this machine's own loopback addresses. Default: no; in Development yes.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>Relay:MaxConnections: places for all destinations together. Default: 1000.</summary>
    public int MaxConnections { get; set; } = 1000;

    /// <summary>Relay:MaxConnectionsPerDestination. Default: 20 (Postfix's default_destination_concurrency_limit).</summary>
    public int MaxConnectionsPerDestination { get; set; } = 20;

    /// <summary>With how many a destination begins. Default: 5 (Postfix's initial_destination_concurrency).</summary>
    public int FirstConnections { get; set; } = 5;

    /// <summary>Relay:MaxMessagesPerMinute: to each destination; 0 = any number. Default: 0.</summary>
    public int MaxMessagesPerMinute { get; set; }
}
