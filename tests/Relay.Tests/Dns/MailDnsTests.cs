using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Mail.TestKit.Dns;

namespace Orleans.Mail.Relay.Tests.Dns;

/// <summary>Look-ups over the wire, against a server that can be asked to fail.</summary>
public sealed class MailDnsTests : IAsyncDisposable
{
    private readonly DnsServer server = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_come_by_preference_then_name_with_their_addresses()
    {
        server.Add("example.test", "MX 20 b.example.test", "MX 10 z.example.test", "MX 10 a.example.test")
            .Add("a.example.test", "A 192.0.2.1", "AAAA 2001:db8::1")
            .Add("b.example.test", "A 192.0.2.2")
            .Add("z.example.test", "AAAA 2001:db8::26");

        var answer = await LookUpAsync("example.test");

        Assert.Equal(MxOutcome.Found, answer.Outcome);
        Assert.Equal(["10 a.example.test 192.0.2.1 2001:db8::1", "10 z.example.test 2001:db8::26", "20 b.example.test 192.0.2.2"], Describe(answer));
    }

    [Fact]
    public async Task Without_MX_a_domain_is_its_own_host()
    {
        server.Add("example.test", "A 192.0.2.1", "AAAA 2001:db8::1");

        var answer = await LookUpAsync("example.test");

        Assert.Equal(MxOutcome.Found, answer.Outcome);
        Assert.Equal(["0 example.test 192.0.2.1 2001:db8::1"], Describe(answer));
    }

    [Fact]
    public async Task A_labels_are_answered_in_A_labels()
    {
        server.Add("xn--mnchen-3ya.test", "MX 10 xn--bcher-kva.test").Add("xn--bcher-kva.test", "CNAME xn--caf-dma.test").Add("xn--caf-dma.test", "A 192.0.2.1");

        Assert.Equal(["10 xn--bcher-kva.test 192.0.2.1"], Describe(await LookUpAsync("xn--mnchen-3ya.test")));
    }

    [Fact]
    public async Task A_null_MX_takes_no_mail_even_when_the_domain_has_addresses()
    {
        server.Add("example.test", "MX 0 .", "A 192.0.2.1");
        Assert.Equal(MxOutcome.NullMx, (await LookUpAsync("example.test")).Outcome);
    }

    [Fact]
    public async Task A_root_among_other_hosts_is_none()
    {
        server.Add("example.test", "MX 0 .", "MX 10 mx.example.test").Add("mx.example.test", "A 192.0.2.1");
        Assert.Equal(["10 mx.example.test 192.0.2.1"], Describe(await LookUpAsync("example.test")));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_no_domain()
    {
        server.NegativeTime = 120;
        var answer = await LookUpAsync("example.test");
        Assert.Equal(MxOutcome.NoSuchDomain, answer.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(120), answer.TimeToLive);
    }

    [Fact]
    public async Task A_name_without_records_has_no_host()
    {
        server.Add("below.example.test", "A 192.0.2.1");
        Assert.Equal(MxOutcome.NoHost, (await LookUpAsync("example.test")).Outcome);
    }

    [Fact]
    public async Task Hosts_without_addresses_are_no_hosts()
    {
        server.Add("example.test", "MX 10 gone.test", "MX 20 empty.test").Add("below.empty.test", "A 192.0.2.1");
        Assert.Equal(MxOutcome.NoHost, (await LookUpAsync("example.test")).Outcome);
    }

    [Theory]
    [InlineData(DnsFault.ServerFailure)]
    [InlineData(DnsFault.Refused)]
    [InlineData(DnsFault.Silence)]
    [InlineData(DnsFault.Garbage)]
    public async Task A_server_in_trouble_is_trouble_and_no_failure(DnsFault fault)
    {
        server.Add("example.test", "MX 10 mx.test").Add("mx.test", "A 192.0.2.1").Break("example.test", fault);
        var answer = await LookUpAsync("example.test", TimeSpan.FromSeconds(2));
        Assert.Equal(MxOutcome.Trouble, answer.Outcome);
        Assert.Equal(MxTimes.Trouble, answer.TimeToLive);
        Assert.NotEmpty(answer.Cause);
    }

    [Fact]
    public async Task A_host_in_trouble_does_not_hurt_the_others()
    {
        server.Add("example.test", "MX 10 lame.test", "MX 20 good.test").Add("good.test", 86_400, "A 192.0.2.2").Break("lame.test", DnsFault.ServerFailure);

        var answer = await LookUpAsync("example.test");

        Assert.Equal(MxOutcome.Found, answer.Outcome);
        Assert.Equal(["10 lame.test", "20 good.test 192.0.2.2"], Describe(answer));
        Assert.Equal(MxTimes.Incomplete, answer.TimeToLive);
    }

    [Fact]
    public async Task No_address_at_all_and_one_host_in_trouble_is_trouble()
    {
        server.Add("example.test", "MX 10 lame.test", "MX 20 gone.test").Break("lame.test", DnsFault.ServerFailure, "AAAA").Add("lame.test", "MX 1 x.test");
        Assert.Equal(MxOutcome.Trouble, (await LookUpAsync("example.test")).Outcome);
    }

    [Fact]
    public async Task One_family_in_trouble_leaves_the_other()
    {
        server.Add("example.test", "A 192.0.2.1").Break("example.test", DnsFault.ServerFailure, "AAAA");
        Assert.Equal(["0 example.test 192.0.2.1"], Describe(await LookUpAsync("example.test")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aliases_are_followed_for_domains_and_for_hosts(bool atOnce)
    {
        server.FollowsAliases = atOnce;
        server.Add("www.test", "CNAME alias.test").Add("alias.test", "CNAME example.test").Add("example.test", "MX 10 mx.test")
            .Add("mx.test", "CNAME real.test").Add("real.test", "A 192.0.2.1");

        var answer = await LookUpAsync("www.test");

        Assert.Equal(["10 mx.test 192.0.2.1"], Describe(answer));
    }

    [Fact]
    public async Task An_alias_without_MX_at_its_end_is_its_own_host()
    {
        server.Add("alias.test", "CNAME real.test").Add("real.test", "A 192.0.2.1");
        Assert.Equal(["0 alias.test 192.0.2.1"], Describe(await LookUpAsync("alias.test")));
    }

    [Fact]
    public async Task An_alias_to_nowhere_is_no_domain()
    {
        server.Add("alias.test", "CNAME nowhere.test");
        Assert.Equal(MxOutcome.NoSuchDomain, (await LookUpAsync("alias.test")).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aliases_in_a_ring_are_trouble(bool atOnce)
    {
        server.FollowsAliases = atOnce;
        server.Add("one.test", "CNAME two.test").Add("two.test", "CNAME one.test");
        Assert.Equal(MxOutcome.Trouble, (await LookUpAsync("one.test")).Outcome);
    }

    [Fact]
    public async Task What_does_not_fit_comes_over_TCP()
    {
        server.Add("example.test", [.. Enumerable.Range(0, 12).Select(i => $"MX 10 mx{i}.example.test")]).Break("example.test", DnsFault.Truncation);
        for (var i = 0; i < 12; i++)
            server.Add($"mx{i}.example.test", $"A 192.0.2.{i}");

        var answer = await LookUpAsync("example.test");

        Assert.Equal(12, answer.Hosts.Count);
        Assert.Contains("example.test MX tcp", server.Questions);
    }

    [Fact]
    public async Task The_shortest_time_of_what_was_used_holds()
    {
        server.Add("example.test", 7200, "MX 10 a.test", "MX 20 b.test").Add("a.test", 600, "A 192.0.2.1").Add("b.test", 900, "A 192.0.2.2");
        Assert.Equal(TimeSpan.FromSeconds(600), (await LookUpAsync("example.test")).TimeToLive);
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(1_000_000, 86_400)]
    public async Task Times_stay_within_bounds(uint given, int kept)
    {
        server.Add("example.test", given, "A 192.0.2.1");
        Assert.Equal(TimeSpan.FromSeconds(kept), (await LookUpAsync("example.test")).TimeToLive);
    }

    [Theory]
    [InlineData(100_000u, 3600)]
    [InlineData(1u, 30)]
    [InlineData(null, 300)]
    public async Task Negative_times_stay_within_an_hour(uint? minimum, int kept)
    {
        server.NegativeTime = minimum;
        Assert.Equal(TimeSpan.FromSeconds(kept), (await LookUpAsync("gone.test")).TimeToLive);
    }

    [Fact]
    public async Task A_second_server_answers_for_a_lame_one_and_NXDOMAIN_settles()
    {
        await using var lame = new DnsServer();
        lame.Break("example.test", DnsFault.ServerFailure);
        server.Add("example.test", "A 192.0.2.1");
        var dns = Make(TimeSpan.FromSeconds(20), lame.EndPoint, server.EndPoint);

        Assert.Equal(MxOutcome.Found, (await dns.LookUpAsync("example.test", Cancelled)).Outcome);
        Assert.Equal(MxOutcome.NoSuchDomain, (await dns.LookUpAsync("gone.test", Cancelled)).Outcome);
        Assert.DoesNotContain(server.Questions, question => question.StartsWith("gone.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again()
    {
        server.Add("example.test", "A 192.0.2.1").Break("example.test", DnsFault.Silence);
        var running = Make(TimeSpan.FromSeconds(20)).LookUpAsync("example.test", Cancelled);
        while (server.Questions.IsEmpty)
            await Task.Delay(10, Cancelled);
        server.Mend("example.test");

        Assert.Equal(MxOutcome.Found, (await running).Outcome);
    }

    [Fact]
    public async Task A_host_is_looked_up_without_its_MX()
    {
        server.Add("smart.test", "MX 10 elsewhere.test", "A 192.0.2.1");
        var answer = await Make(TimeSpan.FromSeconds(20)).LookUpHostAsync("smart.test", Cancelled);
        Assert.Equal(["0 smart.test 192.0.2.1"], Describe(answer));
    }

    [Fact]
    public async Task Names_that_DNS_cannot_carry_are_no_bug()
    {
        var answer = await LookUpAsync($"{new string('a', 64)}.test");
        Assert.Equal(MxOutcome.Trouble, answer.Outcome);
    }

    [Fact]
    public async Task A_cancelled_look_up_says_so()
    {
        server.Break("example.test", DnsFault.Silence);
        using var source = new CancellationTokenSource();
        var running = Make(TimeSpan.FromSeconds(20)).LookUpAsync("example.test", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static IEnumerable<string> Describe(MxAnswer answer) =>
        answer.Hosts.Select(host => string.Join(' ', (string[])[$"{host.Preference}", host.Name, .. host.Addresses]));

    private Task<MxAnswer> LookUpAsync(string domain, TimeSpan? limit = null) => Make(limit ?? TimeSpan.FromSeconds(20)).LookUpAsync(domain, Cancelled);

    private MailDns Make(TimeSpan limit, params IPEndPoint[] servers)
    {
        var options = Options.Create(new DnsOptions
        {
            Servers = servers.Length > 0 ? servers : [server.EndPoint],
            TimeLimit = limit,
            FirstWait = TimeSpan.FromSeconds(2),
        });
        return new MailDns(new DnsQuestions(new NameServers(options, TimeProvider.System), options, NullLogger<DnsQuestions>.Instance), options, TimeProvider.System);
    }
}
