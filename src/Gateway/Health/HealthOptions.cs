using System.Net;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Health;

/// <summary>Where the process answers how it is.</summary>
public sealed record HealthOptions
{
    /// <summary>Answers while the process runs.</summary>
    public const string LivePath = "/health/live";

    /// <summary>200 while the process serves, else 503 and why.</summary>
    public const string ReadyPath = "/health/ready";

    /// <summary>The figures, in the format of Prometheus.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Health:Port: the port of HTTP. Default: none, and nothing is measured; 0 = any free one.</summary>
    public int? Port { get; init; }

    /// <summary>Health:Bind: its address. Default: all addresses; loopback in Development.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Any;

    public static HealthOptions From(Parameters parameters, bool development) => new()
    {
        Port = parameters.Port("Health:Port"),
        Bind = parameters.Address("Health:Bind", development ? IPAddress.Loopback : IPAddress.Any),
    };
}
