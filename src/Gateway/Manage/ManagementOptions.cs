using System.Net;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Where and how the management protocol is served.</summary>
public sealed record ManagementOptions
{
    /// <summary>PORT_REMT: the port. Default: 4501, as in the manual; 0 = any free one.</summary>
    public int Port { get; init; } = 4501;

    /// <summary>Management:Bind: the address. Default: loopback; another one needs a password that is not the initial one.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>Management:Tls: whether the port speaks TLS only. Default: false.</summary>
    public bool Tls { get; init; }

    /// <summary>QUEUE_REMT: connections that wait to be accepted. Default: 512; the manual's 10 drops connections.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>TIMEOUT_REMT, seconds: the wait for a whole line. Default: 60 s, as in the manual.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Failed logins, and unknown commands before the login, after which a session ends.</summary>
    public int MaxFailures { get; init; } = 3;

    public static ManagementOptions From(Parameters parameters)
    {
        var defaults = new ManagementOptions();
        return new()
        {
            Port = parameters.Port("PORT_REMT") ?? defaults.Port,
            Bind = parameters.Address("Management:Bind", defaults.Bind),
            Tls = parameters.Switch("Management:Tls", defaults.Tls),
            Backlog = parameters.WholeNumber("QUEUE_REMT", defaults.Backlog, 1, 65_535),
            Timeout = parameters.Seconds("TIMEOUT_REMT", defaults.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
        };
    }
}
