using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.Protocols.Manage;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Manage;

public sealed class SessionTests : IAsyncDisposable
{
    private readonly ManagementServer server = new();
    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public SessionTests() => limit.CancelAfter(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        limit.Dispose();
    }

    [Fact]
    public async Task Trouble_of_the_store_ends_the_command_and_not_the_session()
    {
        server.Cluster.Domains["acme.test"] = new FakeDomain(new DomainSettings());
        server.Cluster.Trouble = FakeCluster.StoreTrouble;
        string[] commands =
        [
            "LOGIN system", "USER ADD NAME=mick DOMAIN=acme.test", "USER MOD NAME=mick QUOTA=1", "USER LIST ALL", "USER DEL NAME=mick DOMAIN=acme.test",
            "DOMAIN ADD NAME=b.test", "DOMAIN MOD NAME=acme.test MAXUSERS=1", "DOMAIN LIST ALL", "DOMAIN DEL NAME=acme.test", "STATUS", "CONF",
        ];

        var answers = await server.AskAsync(commands, IPAddress.Loopback, limit.Token);

        Assert.Equal("OK0100 logged in", answers[0]);
        Assert.Equal(["ER0207", "ER0207", "ER0207", "ER0207", "ER0307", "ER0307", "ER0307", "ER0307", "ER1107"], answers.Skip(1).Take(9).Select(answer => answer[..6]));
        Assert.Equal("OK1200 end", answers[^1]);
        Assert.Single(server.Cluster.Domains);
    }

    [Fact]
    public async Task A_time_out_of_the_cluster_is_trouble_too()
    {
        server.Cluster.Trouble = new TimeoutException("no answer");
        var answers = await server.AskAsync(["LOGIN system", "DOMAIN LIST ALL"], IPAddress.Loopback, limit.Token);
        Assert.Equal("ER0307 the store or the cluster is in trouble, try again", answers[1]);
    }

    [Fact]
    public async Task A_domain_is_known_to_this_gateway_before_the_reply()
    {
        await server.AskAsync(["LOGIN system", "DOMAIN ADD NAME=acme.test"], IPAddress.Loopback, limit.Token);
        Assert.True(server.Directory.Contains("acme.test"));
        await server.AskAsync(["LOGIN system", "DOMAIN MOD NAME=acme.test MAXUSERS=3"], IPAddress.Loopback, limit.Token);
        Assert.Equal(3, server.Directory.Find("acme.test")!.MaxUsers);
        await server.AskAsync(["LOGIN system", "DOMAIN DEL NAME=acme.test"], IPAddress.Loopback, limit.Token);
        Assert.False(server.Directory.Contains("acme.test"));
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_thrown_away()
    {
        var answers = await server.AskAsync(["LOGIN system", new string('x', 1 << 20), "DOMAIN LIST ALL"], IPAddress.Loopback, limit.Token);
        Assert.Equal(["OK0100 logged in", "ER0101 the line is longer than 8192 octets", "OK0300 0 listed"], answers);
    }

    [Fact]
    public async Task Every_command_of_the_table_has_a_method()
    {
        var commands = server.Get<ManagementCommands>();
        var inSession = new[] { ManageTable.Login, ManageTable.ChangePassword, ManageTable.Quit };
        Assert.All(ManageTable.Commands.Except(inSession), command => Assert.NotNull(commands.Find(command)));
        var answers = await server.AskAsync(["LOGIN system", "PASSWD", "QUIT"], IPAddress.Loopback, limit.Token);
        Assert.Equal(["OK0100 logged in", "ER0102 missing parameter: OLD=<password> NEW=<password>", "OK0100 bye"], answers);
    }

    [Fact]
    public async Task Conf_shows_each_parameter_with_value_origin_and_effect()
    {
        var answers = await server.AskAsync(["LOGIN system", "CONF SHOW"], IPAddress.Loopback, limit.Token);
        Assert.Contains("PORT_REMT\t4501\tdefault", answers);
        Assert.Contains("BUFFER_SOCK\t10000\tdefault\tno effect here: buffers grow and shrink with their use", answers);
        Assert.Equal(ParameterTable.All.Count, answers.Count(answer => answer.Contains('\t', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Status_sums_over_all_processes()
    {
        server.Cluster.OtherReports.Add(new ProcessReport
        {
            Process = "other/1",
            Started = server.Time.GetUtcNow() - TimeSpan.FromSeconds(90),
            MailsSent = 1,
            MailsReceived = 2,
            SmtpConnections = 3,
            SmtpOutConnections = 4,
            Pop3Connections = 5,
            TemporaryFiles = 6,
        });
        var answers = await server.AskAsync(["LOGIN system", "STATUS"], IPAddress.Loopback, limit.Token);
        string[] expected =
        [
            "Date start:\t2025-01-02T03:02:35Z", "Time running:\t90", "Mails sent:\t1", "Mails received:\t2", "SMTP in connections:\t3",
            "SMTP out:\t4", "POP3:\t5", "Temporary files:\t10", "Gateways:\t1",
        ];
        Assert.All(expected, line => Assert.Contains(line, answers));
    }

    [Fact]
    public async Task A_draining_gateway_says_so_to_idle_sessions()
    {
        await using var wire = new WireConnection();
        wire.Start(server.Handler);
        await wire.ReadLineAsync(limit.Token);
        await wire.UntilIdleAsync(limit.Token);
        await server.Connections.StoppingAsync(limit.Token);
        Assert.Equal("ER0107 the server is stopping, try again", await wire.ReadLineAsync(limit.Token));
        Assert.Null(await wire.ReadLineAsync(limit.Token));
    }

    [Fact]
    public async Task A_draining_gateway_says_so_to_who_comes()
    {
        await server.Connections.StoppingAsync(limit.Token);
        await using var wire = new WireConnection();
        wire.Start(server.Handler);
        Assert.Equal("ER0107 the server is stopping, try again", await wire.ReadLineAsync(limit.Token));
        Assert.Null(await wire.ReadLineAsync(limit.Token));
    }

    [Fact]
    public async Task Over_the_limit_a_status_line_says_so()
    {
        await using var full = new ManagementServer(limits: new LimitOptions { Connections = 1 });
        await using var first = new WireConnection();
        first.Start(full.Handler);
        await first.ReadLineAsync(limit.Token);
        await using var second = new WireConnection();
        second.Start(full.Handler);
        Assert.Equal("ER0107 too many connections, try again", await second.ReadLineAsync(limit.Token));
        Assert.Null(await second.ReadLineAsync(limit.Token));
        first.CloseSending();
        await first.SessionAsync(limit.Token);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", false)]
    [InlineData("POST /LOGIN system HTTP/1.1\r\nDOMAIN ADD NAME=acme.test\r\n", true)]
    [InlineData("\u0016\u0003\u0001", false)]
    public async Task Another_protocol_is_closed_and_not_answered(string sent, bool inPieces)
    {
        await using var wire = new WireConnection();
        wire.Start(server.Handler);
        await wire.ReadLineAsync(limit.Token);
        foreach (var piece in inPieces ? sent.Chunk(1) : [sent.ToCharArray()])
            await wire.SendAsync(Encoding.UTF8.GetBytes(piece), limit.Token);
        Assert.Null(await wire.ReadLineAsync(limit.Token));
    }
}
