using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.Gateway.Tests.Perimeters;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>The management protocol over a cluster in memory, with a clock that the test moves.</summary>
internal sealed class ManagementServer : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public ManagementServer(IConfiguration? configuration = null, ManagementOptions? options = null, LimitOptions? limits = null, FooterOptions? footers = null, TlsOptions? tls = null)
    {
        services = new ServiceCollection()
            .AddMetrics()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Cluster.Grains)
            .AddSingleton(configuration ?? new ConfigurationBuilder().Build())
            .AddSingleton(limits ?? new LimitOptions())
            .AddSingleton(tls ?? new TlsOptions())
            .AddSingleton<ServerCertificates>()
            .AddSingleton(new GatewayOptions { HostName = "mx.example.org" })
            .AddSingleton(new LoginOptions { ScramIterations = LoginOptions.MinScramIterations })
            .AddSingleton<LoginMetrics>()
            .AddSingleton<ScramKeys>()
            .AddSingleton<DomainDirectory>()
            .AddSingleton(footers ?? new FooterOptions())
            .AddSingleton<FooterFiles>()
            .AddSingleton<DenyDirectory>()
            .AddSingleton(new RateOptions())
            .AddSingleton<ClientRates>()
            .AddSingleton<BlockDirectory>()
            .AddSingleton<TraceDirectory>()
            .AddSingleton(provider => new ProtocolTrace(provider.GetRequiredService<TraceDirectory>(), TraceLog))
            .AddSingleton<Refusals>()
            .AddSingleton<ClientLog>()
            .AddSingleton<ClientConnections>()
            .AddSingleton<RecentMessages>()
            .AddSingleton<GatewayObserver>()
            .AddSingleton<GatewayCounters>()
            .AddSingleton<ProcessName>()
            .AddSingleton(new ClusterSettings("mail", IsShared: false))
            .AddSingleton(FakeBodies.Create())
            .AddSingleton<ClusterLink>()
            .AddManagement(options ?? new ManagementOptions())
            .BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public FakeCluster Cluster { get; } = new();

    public HeardLogs TraceLog { get; } = new();

    public ManagementConnectionHandler Handler => services.GetRequiredService<ManagementConnectionHandler>();

    public ClientConnections Connections => services.GetRequiredService<ClientConnections>();

    public DomainDirectory Directory => services.GetRequiredService<DomainDirectory>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Starts the heartbeat that looks at deadlines.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Connections.StartAsync(cancellationToken);

    /// <summary>Sends lines at once and returns all that is answered, without the greeting.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(IReadOnlyList<string> lines, IPAddress? from, CancellationToken cancellationToken)
    {
        await using var wire = new WireConnection(from);
        wire.Start(Handler);
        await wire.SendAsync(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))), cancellationToken);
        wire.CloseSending();
        var answers = new List<string>();
        while (await wire.ReadLineAsync(cancellationToken) is { } answer)
            answers.Add(answer);
        return answers[1..];
    }

    public async ValueTask DisposeAsync()
    {
        await Connections.StoppingAsync(CancellationToken.None);
        await Connections.StoppedAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}
