namespace Orleans.Mail.Grains.Tests.Abuse;

/// <summary>The budget that all clients (/64) of one /48 of IPv6 share.</summary>
public sealed class SiteBudgetTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static int last;

    private readonly string site = $"2001:db8:{Interlocked.Increment(ref last):x}";

    private ITimedListGrain Blocks => cluster.Grains.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks);

    private AbuseOptions Options => cluster.Options<AbuseOptions>();

    private int SiteLimit => Options.LoginFailures * Options.SiteBlocks;

    private string Site => $"{site}::/48";

    [Fact]
    public async Task Who_spends_the_budget_of_no_network_of_a_site_spends_that_of_the_site()
    {
        await SpendAsync(SiteLimit - 1, each: Options.LoginFailures - 1);
        await AssertOneIsLeftAsync();
        Assert.DoesNotContain(await ListAsync(), entry => entry.Reason == TimedReasons.Logins && IsHere(entry));
    }

    [Fact]
    public async Task Who_spends_the_budgets_of_many_networks_of_a_site_loses_them_all()
    {
        await SpendAsync(SiteLimit, each: Options.LoginFailures);
        Assert.Equal(new TimedEntry(Site, cluster.Time.GetUtcNow() + Options.BlockTime, TimedReasons.Site), await FindAsync(Site));
        Assert.NotNull(await FindAsync(Client(1)));
    }

    [Fact]
    public async Task One_client_costs_its_site_no_more_than_its_own_budget()
    {
        await FailAsync(network: 0xff, 2 * SiteLimit);
        await SpendAsync(SiteLimit - Options.LoginFailures - 1, each: Options.LoginFailures);
        await AssertOneIsLeftAsync();
    }

    [Fact]
    public async Task Each_client_that_is_blocked_for_probes_costs_its_site_as_much_as_a_budget()
    {
        for (var i = 1; i < Options.SiteBlocks; i++)
        {
            for (var gateway = 0; gateway < 3; gateway++)
                await Blocks.AddAsync(new TimedEntry(Client(i), cluster.Time.GetUtcNow() + Options.BlockTime, TimedReasons.Probes));
        }

        await FailAsync(network: 0xff, Options.LoginFailures - 1);
        await AssertOneIsLeftAsync();
    }

    [Fact]
    public async Task Forgiving_one_client_forgives_its_site()
    {
        await SpendAsync(SiteLimit - 1, each: Options.LoginFailures - 1);
        await cluster.Grains.BudgetOf(Client(1)).ForgiveAsync();
        await SpendAsync(SiteLimit - 1, each: Options.LoginFailures - 1, from: 0x100);
        await AssertOneIsLeftAsync();
    }

    [Fact]
    public async Task The_count_of_a_site_begins_anew_when_its_block_was_lifted()
    {
        await SpendAsync(SiteLimit, each: Options.LoginFailures);
        Assert.NotNull(await FindAsync(Site));
        foreach (var subject in new[] { Client(1), Site })
        {
            await cluster.Grains.BudgetOf(subject).ForgiveAsync();
            Assert.True(await Blocks.RemoveAsync(subject));
        }

        await SpendAsync(SiteLimit - 1, each: Options.LoginFailures, from: 0x100);
        await AssertOneIsLeftAsync();
    }

    [Fact]
    public async Task Without_a_limit_of_sites_nothing_is_counted()
    {
        var before = Options.SiteBlocks;
        Options.SiteBlocks = 0;
        try
        {
            await SpendAsync(before * Options.LoginFailures, each: Options.LoginFailures - 1);
            await Blocks.AddAsync(new TimedEntry(Client(0xff), cluster.Time.GetUtcNow() + Options.BlockTime, TimedReasons.Probes));
        }
        finally
        {
            Options.SiteBlocks = before;
        }

        await SpendAsync(SiteLimit - 1, each: Options.LoginFailures - 1, from: 0x100);
        await AssertOneIsLeftAsync();
    }

    /// <summary>The end of a block says when it began: not before the last failure, which comes a second after the others.</summary>
    private async Task AssertOneIsLeftAsync()
    {
        Assert.DoesNotContain(await ListAsync(), entry => entry.Subject == Site);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await FailAsync(network: 0xffff, times: 1);
        Assert.Equal(new TimedEntry(Site, cluster.Time.GetUtcNow() + Options.BlockTime, TimedReasons.Site), await FindAsync(Site));
    }

    private async Task SpendAsync(int failures, int each, int from = 1)
    {
        for (var network = from; failures > 0; network++, failures -= each)
            await FailAsync(network, Math.Min(failures, each));
    }

    private async Task FailAsync(int network, int times)
    {
        for (var i = 0; i < times; i++)
            await cluster.Grains.BudgetOf(Client(network)).FailAsync(null);
    }

    private string Client(int network) => $"{site}:{network:x}::/64";

    private bool IsHere(TimedEntry entry) => entry.Subject.StartsWith(site + ":", StringComparison.Ordinal);

    /// <summary>Nobody waits for what a budget puts on the list. Null: it does not come.</summary>
    private async Task<TimedEntry?> FindAsync(string subject)
    {
        for (var i = 0; i < 200; i++)
        {
            if ((await ListAsync()).SingleOrDefault(each => each.Subject == subject) is { } entry)
                return entry;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return null;
    }

    private async Task<IReadOnlyList<TimedEntry>> ListAsync() => (await Blocks.ListAsync("", 1000)).Entries;
}
