using System.Diagnostics;

namespace Orleans.Mail.Grains.Tests.Cluster;

/// <summary>A gateway is asked by the reference that its report carries, from any process, and a dead one holds up nobody for long.</summary>
public sealed class GatewayObserverTests
{
    private const string Process = "gateway/1";

    private static readonly SessionInfo Session = new(7, "192.0.2.7", DateTimeOffset.UnixEpoch, "client.test", "<>", "<mick@acme.test>", 12);

    [Fact]
    public async Task The_report_of_one_process_lets_another_ask_it()
    {
        await using var cluster = await StartAsync();
        var gateway = new Gateway();
        await ReportAsync(cluster, gateway);

        var report = Assert.Single(await ClusterOf(cluster.SiloGrains).StatusAsync());
        var sessions = await report.Gateway!.ListSessionsAsync(SessionProtocol.Pop3, 3, 10).WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Session, Assert.Single(sessions));
        Assert.Equal((SessionProtocol.Pop3, 3, 10), gateway.Asked);
    }

    [Fact]
    public async Task A_dead_gateway_is_given_up_within_its_time()
    {
        await using var cluster = await StartAsync();
        await ReportAsync(cluster, new Gateway());
        await cluster.ReplaceClientAsync();

        var report = Assert.Single(await ClusterOf(cluster.Grains).StatusAsync());
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<Exception>(() => report.Gateway!.ListSessionsAsync(SessionProtocol.Smtp, 0, 10).WaitAsync(TestContext.Current.CancellationToken));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15)); // its own limit is 2 s, that of any call 30
    }

    private static async Task<MailCluster> StartAsync()
    {
        var cluster = new MailCluster();
        await cluster.InitializeAsync();
        return cluster;
    }

    private static Task<ClusterVersions> ReportAsync(MailCluster cluster, Gateway gateway) => ClusterOf(cluster.Grains).ReportAsync(new ProcessReport
    {
        Process = Process,
        Started = DateTimeOffset.UnixEpoch,
        Gateway = cluster.Grains.CreateObjectReference<IGatewayObserver>(gateway),
    });

    private static IClusterGrain ClusterOf(IGrainFactory grains) => grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey);

    private sealed class Gateway : IGatewayObserver
    {
        public (SessionProtocol, long, int) Asked { get; private set; }

        public Task<IReadOnlyList<SessionInfo>> ListSessionsAsync(SessionProtocol protocol, long after, int limit)
        {
            Asked = (protocol, after, limit);
            return Task.FromResult<IReadOnlyList<SessionInfo>>(new[] { Session });
        }

        public Task<AcceptedMessage?> FindMessageAsync(MessageId id) => Task.FromResult<AcceptedMessage?>(null);
    }
}
