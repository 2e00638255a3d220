using System.Net;

namespace Orleans.Mail.Gateway.Tests.Manage;

public sealed class DnsCommandTests : IAsyncDisposable
{
    private readonly ManagementServer server = new();

    public DnsCommandTests()
    {
        var entered = server.Time.GetUtcNow() - TimeSpan.FromSeconds(90);
        Cache(new MxAnswer("b.test", MxOutcome.Found, [new("mx.b.test", 10, ["192.0.2.1", "2001:db8::1"]), new("m\tx.test", 20, [])], entered, TimeSpan.FromHours(1), ""));
        Cache(new MxAnswer("a.test", MxOutcome.Found, [new("a.test", 0, ["192.0.2.2"])], entered, TimeSpan.FromMinutes(5), "") { IsDead = true });
        Cache(new MxAnswer("null.test", MxOutcome.NullMx, [], entered, TimeSpan.FromMinutes(5), ""));
        server.Cluster.Dns.Known["new.test"] = new MxAnswer("new.test", MxOutcome.Found, [new("mx.new.test", 10, ["192.0.2.3"])], server.Time.GetUtcNow(), TimeSpan.FromMinutes(1), "");
        server.Cluster.Dns.Known["lame.test"] = new MxAnswer("lame.test", MxOutcome.Trouble, [], server.Time.GetUtcNow(), TimeSpan.FromSeconds(30), "no answer from 192.0.2.53");
    }

    [Fact]
    public async Task The_cache_is_shown_with_the_manuals_seven_fields()
    {
        string[] expected =
        [
            "a.test\ta.test\t192.0.2.2\t2025-01-02T03:02:35Z\t300\t90\tNot active",
            "b.test\tmx.b.test\t192.0.2.1\t2025-01-02T03:02:35Z\t3600\t90\tActive",
            "b.test\tmx.b.test\t2001:db8::1\t2025-01-02T03:02:35Z\t3600\t90\tActive",
            "b.test\tm\\tx.test\t(no address)\t2025-01-02T03:02:35Z\t3600\t90\tActive",
            "null.test\t(takes no mail)\t\t2025-01-02T03:02:35Z\t300\t90\tNot active",
            "OK0900 5 listed",
        ];

        Assert.Equal(expected, await AskAsync("DNS CACHE SHOW ALL"));
        Assert.Equal([expected[0], "OK0900 1 listed"], await AskAsync("dns cache show domain=A.test"));
        Assert.Equal(["ER0903 'new.test' is not in the cache"], await AskAsync("DNS CACHE SHOW DOMAIN=new.test"));
    }

    [Fact]
    public async Task RESOLV_puts_a_domain_into_the_cache()
    {
        const string Line = "new.test\tmx.new.test\t192.0.2.3\t2025-01-02T03:04:05Z\t60\t0\tActive";
        Assert.Equal([Line, "OK0900 1 listed"], await AskAsync("DNS RESOLV DOMAIN=new.test"));
        Assert.Equal([Line, "OK0900 1 listed"], await AskAsync("DNS CACHE SHOW DOMAIN=new.test"));
    }

    [Fact]
    public async Task RESOLV_tells_trouble()
    {
        string[] expected =
        [
            "lame.test\t(DNS in trouble)\t\t2025-01-02T03:04:05Z\t30\t0\tNot active",
            "ER0907 DNS is in trouble with 'lame.test', try again: no answer from 192.0.2.53",
        ];
        Assert.Equal(expected, await AskAsync("DNS RESOLV DOMAIN=lame.test"));
    }

    [Fact]
    public async Task FLUSH_forgets_one_or_all()
    {
        Assert.Equal(["OK0900 a.test forgotten"], await AskAsync("DNS CACHE FLUSH DOMAIN=a.test"));
        Assert.Equal(["ER0903 'a.test' is not in the cache"], await AskAsync("DNS CACHE FLUSH DOMAIN=a.test"));
        Assert.Equal(["OK0900 2 forgotten"], await AskAsync("DNS CACHE FLUSH ALL"));
        Assert.Equal(["OK0900 0 listed"], await AskAsync("DNS CACHE SHOW ALL"));
    }

    [Theory]
    [InlineData("DNS CACHE SHOW", "ER0902")]
    [InlineData("DNS CACHE FLUSH", "ER0902")]
    [InlineData("DNS RESOLV", "ER0902")]
    [InlineData("DNS RESOLV DOMAIN=-", "ER0905")]
    [InlineData("DNS RESOLV DOMAIN=a.test ALL", "ER0901")]
    public async Task What_is_wrong_is_said(string command, string status) =>
        Assert.StartsWith(status, (await AskAsync(command)).Single(), StringComparison.Ordinal);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private void Cache(MxAnswer answer) => server.Cluster.Dns.Cache(answer);

    private async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var answers = await server.AskAsync(["LOGIN system", command], IPAddress.Loopback, limit.Token);
        return [.. answers.Skip(1)];
    }
}
