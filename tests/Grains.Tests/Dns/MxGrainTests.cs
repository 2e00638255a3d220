namespace Orleans.Mail.Grains.Tests.Dns;

public sealed class MxGrainTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_kept_as_long_as_its_time()
    {
        var (domain, grain) = NewDomain();
        Assert.Null(await grain.ShowAsync());
        Assert.Equal(MxOutcome.Found, (await grain.ResolveAsync()).Outcome);
        cluster.Time.Advance(TimeSpan.FromSeconds(599));
        var again = await grain.ResolveAsync();
        Assert.Equal(1, cluster.Dns.Asked(domain));
        Assert.Equal(again, await grain.ShowAsync(), Same);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await grain.ShowAsync());
        await grain.ResolveAsync();
        Assert.Equal(2, cluster.Dns.Asked(domain));
    }

    [Theory]
    [InlineData(MxOutcome.NullMx)]
    [InlineData(MxOutcome.NoSuchDomain)]
    [InlineData(MxOutcome.NoHost)]
    [InlineData(MxOutcome.Trouble)]
    public async Task What_is_not_there_is_kept_too(MxOutcome outcome)
    {
        var (domain, grain) = NewDomain();
        cluster.Dns.Answer(domain, outcome, 30);
        Assert.Equal(outcome, (await grain.ResolveAsync()).Outcome);
        Assert.Equal(outcome, (await grain.ResolveAsync()).Outcome);
        Assert.Equal(1, cluster.Dns.Asked(domain));
        cluster.Time.Advance(TimeSpan.FromSeconds(30));
        cluster.Dns.Answer(domain, MxOutcome.Found);
        Assert.Equal(MxOutcome.Found, (await grain.ResolveAsync()).Outcome);
    }

    [Fact]
    public async Task Callers_share_one_look_up_and_others_come_in_meanwhile()
    {
        var (domain, grain) = NewDomain();
        var slow = new TaskCompletionSource<MxAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Dns.Answer(domain, () => slow.Task);
        var callers = Enumerable.Range(0, 20).Select(_ => grain.ResolveAsync()).ToArray();
        Assert.Null(await grain.ShowAsync());
        await grain.ReportAsync(reached: true, "");

        slow.SetResult(cluster.Dns.Make(domain, MxOutcome.Found));

        Assert.All(await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(20), Cancelled), static answer => Assert.Equal(MxOutcome.Found, answer.Outcome));
        Assert.Equal(1, cluster.Dns.Asked(domain));
    }

    [Fact]
    public async Task A_look_up_that_throws_is_made_again()
    {
        var (domain, grain) = NewDomain();
        cluster.Dns.Answer(domain, static () => Task.FromException<MxAnswer>(new InvalidOperationException("a bug")));
        await Assert.ThrowsAnyAsync<Exception>(grain.ResolveAsync);
        cluster.Dns.Answer(domain, MxOutcome.Found);
        Assert.Equal(MxOutcome.Found, (await grain.ResolveAsync()).Outcome);
    }

    [Fact]
    public async Task Known_hosts_serve_on_while_DNS_is_in_trouble_and_DNS_is_not_hammered()
    {
        var (domain, grain) = NewDomain();
        await grain.ResolveAsync();
        cluster.Dns.Answer(domain, () => Task.FromResult(cluster.Dns.Make(domain, MxOutcome.Trouble, 30)));
        cluster.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(MxOutcome.Found, (await grain.ResolveAsync()).Outcome);
        Assert.Equal(MxOutcome.Found, (await grain.ResolveAsync()).Outcome);
        Assert.Equal(2, cluster.Dns.Asked(domain));
        cluster.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(MxOutcome.Trouble, (await grain.ResolveAsync()).Outcome);
    }

    [Fact]
    public async Task Failures_make_longer_and_longer_rests_until_a_host_is_reached()
    {
        var (_, grain) = NewDomain();
        Assert.Null((await grain.ResolveAsync()).RestsUntil);
        foreach (var minutes in (int[])[1, 2, 4, 8, 15])
        {
            await grain.ReportAsync(reached: false, "4.4.1 refused");
            await grain.ReportAsync(reached: false, "4.4.1 refused again"); // at the same time, by another process
            var answer = await grain.ResolveAsync();
            Assert.Equal(cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(minutes), answer.RestsUntil);
            Assert.Equal("4.4.1 refused again", answer.LastFailure);
            Assert.False(answer.IsDead);
            cluster.Time.Advance(TimeSpan.FromMinutes(minutes));
        }

        await grain.ReportAsync(reached: true, "");
        Assert.Null((await grain.ResolveAsync()).RestsUntil);
    }

    [Fact]
    public async Task After_an_hour_of_failures_a_destination_is_not_active_until_it_is_flushed()
    {
        var (domain, grain) = NewDomain();
        for (var minutes = 0; minutes <= 75; minutes += 15)
        {
            await grain.ReportAsync(reached: false, "4.4.1 refused");
            cluster.Time.Advance(TimeSpan.FromMinutes(15));
        }

        var dead = await grain.ResolveAsync();
        Assert.True(dead.IsDead);
        Assert.True(await grain.FlushAsync());
        Assert.False(await cluster.Grains.GetGrain<IMxGrain>(domain).FlushAsync());
        var fresh = await grain.ResolveAsync();
        Assert.False(fresh.IsDead);
        Assert.Null(fresh.RestsUntil);
        Assert.Equal(2, cluster.Dns.Asked(domain));
    }

    [Fact]
    public async Task What_is_on_its_way_when_the_cache_is_flushed_is_not_kept()
    {
        var (domain, grain) = NewDomain();
        var slow = new TaskCompletionSource<MxAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Dns.Answer(domain, () => slow.Task);
        var before = grain.ResolveAsync();
        while (cluster.Dns.Asked(domain) == 0)
            await Task.Delay(5, Cancelled);
        await grain.FlushAsync();
        cluster.Dns.Answer(domain, MxOutcome.NullMx);
        var after = grain.ResolveAsync();
        slow.SetResult(cluster.Dns.Make(domain, MxOutcome.Found));

        Assert.Equal(MxOutcome.Found, (await before.WaitAsync(TimeSpan.FromSeconds(20), Cancelled)).Outcome);
        Assert.Equal(MxOutcome.NullMx, (await after.WaitAsync(TimeSpan.FromSeconds(20), Cancelled)).Outcome);
        Assert.Equal(MxOutcome.NullMx, (await grain.ResolveAsync()).Outcome);
    }

    private static bool Same(MxAnswer? one, MxAnswer? other) => one?.Domain == other?.Domain && one?.Entered == other?.Entered && one?.Hosts.Count == other?.Hosts.Count;

    private (string Domain, IMxGrain Grain) NewDomain()
    {
        var domain = $"{cluster.NewName().ToLowerInvariant()}.test";
        cluster.Dns.Answer(domain, () => Task.FromResult(cluster.Dns.Make(domain, MxOutcome.Found)));
        return (domain, cluster.Grains.GetGrain<IMxGrain>(domain));
    }
}
