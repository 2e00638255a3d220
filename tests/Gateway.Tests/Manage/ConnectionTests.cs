using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Gateway.Tests.Smtp;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Manage;

public sealed class ConnectionTests : IAsyncDisposable
{
    private readonly ManagementServer server = new();
    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ConnectionTests() => limit.CancelAfter(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        limit.Dispose();
    }

    [Fact]
    public async Task Sessions_of_every_gateway_are_shown_with_their_gateway()
    {
        var now = server.Time.GetUtcNow();
        Report("b/2", new FakeGateway(new SessionInfo(7, "192.0.2.7", now - TimeSpan.FromSeconds(90), "client.test", "<jane@else.test>", "<mick@acme.test>", 1025)));
        Report("a/1", new FakeGateway(new SessionInfo(3, "2001:db8::1", now, "", "", "", 0), new SessionInfo(4, "::1", now, "a\tb", "<>", "", 0)));
        Report("c/3", null);
        string[] expected =
        [
            "\t2001:db8::1\t\t\t2025-01-02T03:04:05Z\t0\t0\ta/1",
            "a\\tb\t::1\t<>\t\t2025-01-02T03:04:05Z\t0\t0\ta/1",
            "client.test\t192.0.2.7\t<jane@else.test>\t<mick@acme.test>\t2025-01-02T03:02:35Z\t90\t2\tb/2",
            "OK1000 3 listed",
        ];

        Assert.Equal(expected, await AskAsync("CONN SMTP SHOW"));
        Assert.Equal("client.test\t192.0.2.7\t2025-01-02T03:02:35Z\t90\tb/2", (await AskAsync("conn pop3 show"))[2]);
    }

    [Fact]
    public async Task Many_sessions_come_by_pages()
    {
        var sessions = Enumerable.Range(1, 2500).Select(i => new SessionInfo(i, "192.0.2.7", server.Time.GetUtcNow(), $"c{i}", "", "", 0)).ToArray();
        var gateway = new FakeGateway(sessions);
        Report("a/1", gateway);

        var lines = await AskAsync("CONN SMTP SHOW");

        Assert.Equal("OK1000 2500 listed", lines[^1]);
        Assert.Equal(sessions.Select(session => session.Name), lines.SkipLast(1).Select(line => line.Split('\t')[0]));
        Assert.Equal([0, 1000, 2000], gateway.Asked);
    }

    [Fact]
    public async Task A_gateway_that_is_dead_or_fails_holds_up_nobody()
    {
        Report("dead/1", new FakeGateway { Answer = new TaskCompletionSource<IReadOnlyList<SessionInfo>>().Task });
        Report("gone/2", new FakeGateway { Answer = Task.FromException<IReadOnlyList<SessionInfo>>(new TimeoutException("no answer")) });
        var alive = new FakeGateway(new SessionInfo(1, "192.0.2.7", server.Time.GetUtcNow(), "client.test", "", "", 0));
        Report("well/3", alive);
        await using var wire = new WireConnection();
        wire.Start(server.Handler);
        await wire.SendAsync("LOGIN system\r\nCONN SMTP SHOW\r\n"u8.ToArray(), limit.Token);
        Assert.StartsWith("OK0100", await wire.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        Assert.Equal("OK0100 logged in", await wire.ReadLineAsync(limit.Token));
        await alive.WasAsked.WaitAsync(limit.Token);
        var reply = wire.ReadLineAsync(limit.Token);
        Assert.False(reply.IsCompleted);

        server.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("client.test\t192.0.2.7\t\t\t2025-01-02T03:04:05Z\t2\t0\twell/3", await reply);
        Assert.Equal("OK1000 1 listed, without those of dead/1, gone/2: no answer", await wire.ReadLineAsync(limit.Token));
    }

    [Fact]
    public async Task An_smtp_session_tells_where_it_is()
    {
        await using var world = await SmtpWorld.StartAsync();
        var observer = new GatewayObserver(world.Connections, new RecentMessages(TimeProvider.System));
        Assert.Empty(await observer.ListSessionsAsync(SessionProtocol.Smtp, 0, 10));
        await using var client = await SmtpClient.OpenAsync(world, IPAddress.Parse("192.0.2.7"), "");
        Assert.Equal(("192.0.2.7", "", "", "", 0), await ShowAsync());
        Assert.Equal(world.Time.GetUtcNow(), (await observer.ListSessionsAsync(SessionProtocol.Smtp, 0, 10))[0].Started);
        await client.SayAsync("EHLO client.test", "250");
        Assert.Equal(("192.0.2.7", "client.test", "", "", 0), await ShowAsync());
        await client.SayAsync("MAIL FROM:<>", "250");
        Assert.Equal(("192.0.2.7", "client.test", "<>", "", 0), await ShowAsync());
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await client.SayAsync("RCPT TO:<ann@acme.test>", "250");
        await client.SayAsync("RCPT TO:<nobody@acme.test>", "550");
        Assert.Equal(("192.0.2.7", "client.test", "<>", "<ann@acme.test>", 0), await ShowAsync());
        await client.SayAsync("DATA", "354");
        await client.SendAsync("Subject: x\r\n");
        await client.Wire.UntilIdleAsync(client.Limit);
        Assert.Equal(("192.0.2.7", "client.test", "<>", "<ann@acme.test>", 12), await ShowAsync());
        await client.SayAsync("\r\n.", "250");
        Assert.Equal(("192.0.2.7", "client.test", "", "", 0), await ShowAsync());
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        Assert.Equal(("192.0.2.7", "client.test", "<jane@else.test>", "", 0), await ShowAsync());

        async Task<(string, string, string, string, long)> ShowAsync()
        {
            var session = Assert.Single(await observer.ListSessionsAsync(SessionProtocol.Smtp, 0, 10));
            return (session.Address, session.Name, session.Sender, session.Recipient, session.Size);
        }
    }

    [Fact]
    public async Task A_pop3_session_tells_its_user()
    {
        await using var world = await Pop3World.StartAsync();
        var observer = new GatewayObserver(world.Connections, new RecentMessages(TimeProvider.System));
        await using var wire = new WireConnection(IPAddress.Parse("2001:db8::7"));
        wire.Start(world.Handler);
        await wire.ReadLineAsync(limit.Token);
        var before = Assert.Single(await observer.ListSessionsAsync(SessionProtocol.Pop3, 0, 10));
        await wire.SendAsync(Encoding.ASCII.GetBytes("USER mick.acme.test\r\nPASS secret\r\n"), limit.Token);
        await wire.ReadLineAsync(limit.Token);
        await wire.ReadLineAsync(limit.Token);
        var after = Assert.Single(await observer.ListSessionsAsync(SessionProtocol.Pop3, 0, 10));

        Assert.Equal(("", "2001:db8::7"), (before.Name, before.Address));
        Assert.Equal("mick@acme.test", after.Name);
        Assert.Empty(await observer.ListSessionsAsync(SessionProtocol.Smtp, 0, 10));
        Assert.Empty(await observer.ListSessionsAsync(SessionProtocol.Pop3, after.Number, 10));
        wire.CloseSending();
        await wire.SessionAsync(limit.Token);
        Assert.Empty(await observer.ListSessionsAsync(SessionProtocol.Pop3, 0, 10));
    }

    private async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        var answers = await server.AskAsync(["LOGIN system", command], IPAddress.Loopback, limit.Token);
        return [.. answers.Skip(1)];
    }

    private void Report(string process, IGatewayObserver? gateway) =>
        server.Cluster.OtherReports.Add(new ProcessReport { Process = process, Started = server.Time.GetUtcNow(), Gateway = gateway });

    private sealed class FakeGateway(params SessionInfo[] sessions) : IGatewayObserver
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<SessionInfo>>? Answer { get; init; }

        public List<long> Asked { get; } = [];

        public Task WasAsked => asked.Task;

        public Task<IReadOnlyList<SessionInfo>> ListSessionsAsync(SessionProtocol protocol, long after, int limit)
        {
            Asked.Add(after);
            asked.TrySetResult();
            return Answer ?? Task.FromResult<IReadOnlyList<SessionInfo>>([.. sessions.Where(session => session.Number > after).Take(limit)]);
        }

        public Task<AcceptedMessage?> FindMessageAsync(MessageId id) => Task.FromResult<AcceptedMessage?>(null);
    }
}
