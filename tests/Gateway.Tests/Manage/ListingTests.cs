using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Orleans.Mail.Gateway.Tests.Manage;

public sealed class ListingTests
{
    private const int Users = 200_000;

    [Fact]
    public async Task Many_domains_and_users_come_in_order_and_by_pages()
    {
        await using var server = new ManagementServer();
        var expected = new List<string>();
        for (var i = 0; i < 250; i++)
        {
            var domain = $"d{i:000}.test";
            server.Cluster.Domains[domain] = new FakeDomain(new DomainSettings());
            server.Cluster.Domains[domain].Users["u"] = User;
            expected.Add($"u@{domain}");
        }

        for (var i = 0; i < 1500; i++)
            server.Cluster.Domains["d000.test"].Users[$"a{i:0000}"] = User;
        expected.InsertRange(0, Enumerable.Range(0, 1500).Select(i => $"a{i:0000}@d000.test"));

        var answers = await server.AskAsync(["LOGIN system", "USER LIST ALL", "DOMAIN LIST ALL", "USER MOD NAME=u QUOTA=1"], IPAddress.Loopback, TestContext.Current.CancellationToken);

        Assert.Equal([.. expected, "OK0200 1750 listed"], answers.Skip(1).Take(1751));
        Assert.Equal([.. server.Cluster.Domains.Keys, "OK0300 250 listed"], answers.Skip(1752).Take(251));
        Assert.Equal($"ER0202 missing parameter: DOMAIN=<domain>, since 'u' is in {string.Join(", ", server.Cluster.Domains.Keys.Take(20))}, ...", answers[^1]);
    }

    [Fact]
    public async Task A_listing_waits_for_a_client_that_does_not_read()
    {
        await using var server = new ManagementServer();
        var domain = server.Cluster.Domains["acme.test"] = new FakeDomain(new DomainSettings());
        for (var i = 0; i < Users; i++)
            domain.Users[$"user{i:000000}"] = User;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var toServer = new Pipe();
        var toClient = new Pipe();
        var blocked = new BlockedWriter(toClient.Writer);
        await using var connection = new DefaultConnectionContext("1", new Duplex(toServer.Reader, blocked), new Duplex(toClient.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 40_000),
        };
        var session = server.Handler.OnConnectedAsync(connection);

        await toServer.Writer.WriteAsync("LOGIN system\r\nUSER LIST ALL\r\nQUIT\r\n"u8.ToArray(), limit.Token);
        await blocked.Blocked.WaitAsync(limit.Token);
        Assert.InRange(server.Cluster.Calls[nameof(IDomainGrain.ListAsync)], 1, 5);

        var lines = await CountLinesAsync(toClient.Reader, session, toClient.Writer, limit.Token);
        Assert.Equal(1 + 1 + Users + 1 + 1, lines);
    }

    private static FakeUser User => new(new AccountSettings { QuotaKb = 0 }, null, false, "box");

    private static async Task<int> CountLinesAsync(PipeReader reader, Task session, PipeWriter writer, CancellationToken cancellationToken)
    {
        var ended = session.ContinueWith(_ => writer.Complete(), TaskScheduler.Default);
        var lines = 0;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            foreach (var segment in result.Buffer)
                lines += Encoding.ASCII.GetString(segment.Span).Count(c => c == '\n');
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                break;
        }

        await ended;
        return lines;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Tells when a flush had to wait for the reader.</summary>
    private sealed class BlockedWriter(PipeWriter inner) : PipeWriter
    {
        private readonly TaskCompletionSource blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Blocked => blocked.Task;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            var flush = inner.FlushAsync(cancellationToken);
            if (!flush.IsCompleted)
                blocked.TrySetResult();
            return flush;
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
