using System.Net;

namespace Orleans.Mail.Gateway.Tests.Manage;

public sealed class QueueTests : IAsyncDisposable
{
    private const string Id = "01JGK6Z3G0ABCDEFGHJKMNPQRS";
    private const string OtherId = "01JGK6Z3G0ABCDEFGHJKMNPQRT";

    private readonly ManagementServer server = new();
    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public QueueTests() => limit.CancelAfter(TimeSpan.FromSeconds(30));

    private DateTimeOffset Now => server.Time.GetUtcNow();

    private FakeQueue Queue => server.Cluster.Queue;

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        limit.Dispose();
    }

    [Fact]
    public async Task Show_prints_the_manuals_nine_fields_and_ours()
    {
        var waiting = FakeQueue.NewEntry(Id, "ann@far.test", Now - TimeSpan.FromSeconds(90));
        Queue.Entries.Add(waiting);
        Queue.Entries.Add(waiting with
        {
            Sender = "",
            Held = true,
            Attempts = 3,
            LastAttempt = Now - TimeSpan.FromSeconds(30),
            Due = Now,
            NextAttempt = Now + TimeSpan.FromMinutes(10),
            Status = "4.4.1 a\tb",
        });
        Queue.Entries.Add(waiting with { IsNotice = true });
        string[] expected =
        [
            $"mick@acme.test\tann@far.test\t2025-01-02T03:02:35Z\t2025-01-02T03:02:35Z\t\t90\t2\t0\twaiting\t{Id}\tuser\t",
            $"<>\tann@far.test\t2025-01-02T03:02:35Z\t2025-01-02T03:14:05Z\t2025-01-02T03:03:35Z\t90\t2\t3\t4.4.1 a\\tb\t{Id}\tretry\theld",
            $"mick@acme.test\tann@far.test\t2025-01-02T03:02:35Z\t2025-01-02T03:02:35Z\t\t90\t2\t0\twaiting\t{Id}\tnotice\t",
            "OK0800 3 listed",
        ];

        Assert.Equal(expected, await AskAsync("QUEUE SHOW ALL"));
    }

    [Theory]
    [InlineData("QUEUE SHOW ALL", "mailbox= domain= sender= id=", "OK0800 0 listed")]
    [InlineData("queue show mailbox=Ann@FAR.test", "mailbox=Ann@far.test domain= sender= id=", "OK0800 0 listed")]
    [InlineData("QUEUE SHOW DOMAIN=FAR.test", "mailbox= domain=far.test sender= id=", "OK0800 0 listed")]
    [InlineData("QUEUE SHOW SENDER=<>", "mailbox= domain= sender=<> id=", "OK0800 0 listed")]
    [InlineData("QUEUE SHOW SENDER=mick@acme.test", "mailbox= domain= sender=mick@acme.test id=", "OK0800 0 listed")]
    [InlineData("QUEUE SHOW ID=" + Id, "mailbox= domain= sender= id=" + Id, "OK0800 0 listed")]
    [InlineData("QUEUE RESEND DOMAIN=far.test", "Resend mailbox= domain=far.test sender= id=", "OK0800 0 due now")]
    [InlineData("QUEUE HOLD SENDER=mick@acme.test", "Hold mailbox= domain= sender=mick@acme.test id=", "OK0800 0 held")]
    [InlineData("QUEUE RELEASE ALL", "Release mailbox= domain= sender= id=", "OK0800 0 released")]
    [InlineData("QUEUE DEL ID=" + Id, "Delete mailbox= domain= sender= id=" + Id, "OK0800 0 deleted")]
    [InlineData("QUEUE DEL MAILBOX=ann@far.test NODSN", "DeleteSilently mailbox=ann@far.test domain= sender= id=", "OK0800 0 deleted")]
    public async Task Every_filter_and_verb_reaches_the_queue(string command, string asked, string answer)
    {
        Assert.Equal([answer], await AskAsync(command));
        Assert.Equal([asked], Queue.Asked);
    }

    [Theory]
    [InlineData("QUEUE SHOW", "ER0802")]
    [InlineData("QUEUE", "ER0808")]
    [InlineData("QUEUE SHOW ALL DOMAIN=far.test", "ER0801")]
    [InlineData("QUEUE SHOW DOMAIN=..", "ER0805")]
    [InlineData("QUEUE SHOW MAILBOX=ann", "ER0805")]
    [InlineData("QUEUE SHOW SENDER=<", "ER0805")]
    [InlineData("QUEUE HOLD ID=xyz", "ER0805")]
    [InlineData("QUEUE SHOW ALL NODSN", "ER0801")]
    [InlineData("QUEUE DEL NODSN", "ER0802")]
    [InlineData("MSG TRACE", "ER1402")]
    [InlineData("MSG TRACE ID=1", "ER1405")]
    public async Task What_is_wrong_is_refused_and_nothing_is_asked(string command, string code)
    {
        Assert.StartsWith(code, Assert.Single(await AskAsync(command)), StringComparison.Ordinal);
        Assert.Empty(Queue.Asked);
    }

    [Fact]
    public async Task Changes_and_listings_go_on_page_by_page()
    {
        for (var i = 0; i < 5; i++)
            Queue.Entries.Add(FakeQueue.NewEntry(Id, $"a{i}@far.test", Now));

        Assert.Equal("OK0800 5 listed", (await AskAsync("QUEUE SHOW ALL"))[^1]);
        Assert.Equal(["OK0800 5 deleted"], await AskAsync("QUEUE DEL ALL"));
        Assert.Equal(6, Queue.Asked.Count);
    }

    [Fact]
    public async Task Trace_joins_what_the_gateway_and_what_the_queue_remember()
    {
        var entry = FakeQueue.NewEntry(Id, "ann@far.test", Now);
        var mailbox = new Target { Kind = TargetKind.Mailbox, Address = "eve@acme.test", Id = "box" };
        var list = new Target { Kind = TargetKind.List, Address = "all@acme.test", Id = "list" };
        Queue.Entries.Add(entry with { Attempts = 1, Status = "4.4.1 no answer", NextAttempt = Now + TimeSpan.FromMinutes(10), History = [new Attempt(Now, "mx.far.test [192.0.2.1]", "4.4.1 no answer")] });
        Queue.Entries.Add(FakeQueue.NewEntry(OtherId, "zoe@far.test", Now));
        Queue.Entries.Add(FakeQueue.NewEntry(Id, "member@far.test", Now) with { Finished = true, Status = "2.0.0 250 ok" });
        server.Get<Orleans.Mail.Gateway.Cluster.RecentMessages>().Add(
            entry.Id,
            IPAddress.Parse("192.0.2.7"),
            new Envelope("mick@acme.test", [new Recipient("ann@far.test", [entry.Target]), new Recipient("eve@acme.test", [mailbox]), new Recipient("all@acme.test", [list])], 1025, MessageTraits.None));
        string[] expected =
        [
            "accepted\t2025-01-02T03:04:05Z\tmick@acme.test\t192.0.2.7\t{process}",
            "recipient\tann@far.test\tremote\tann@far.test\twaits until 2025-01-02T03:14:05Z: 4.4.1 no answer",
            "attempt\t2025-01-02T03:04:05Z\tann@far.test\tmx.far.test [192.0.2.1]\t4.4.1 no answer",
            "recipient\teve@acme.test\tmailbox\teve@acme.test\tin the mailbox",
            "recipient\tall@acme.test\tlist\tall@acme.test\tfinished more than 15 minutes ago",
            "recipient\tmember@far.test\tremote\tmember@far.test\tfinished: 2.0.0 250 ok",
            "OK1400 4 listed",
        ];
        await AskAsync("STATUS"); // the gateway makes itself known

        var lines = await AskAsync($"MSG TRACE ID={Id}");

        Assert.Equal(expected.Select(line => line.Replace("{process}", server.Cluster.Report!.Process, StringComparison.Ordinal)), lines);
    }

    [Fact]
    public async Task Trace_of_a_message_that_nobody_remembers_says_so()
    {
        Assert.StartsWith("ER1403 no message", Assert.Single(await AskAsync($"MSG TRACE ID={Id}")), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        var answers = await server.AskAsync(["LOGIN system", command], IPAddress.Loopback, limit.Token);
        return [.. answers.Skip(1)];
    }
}
