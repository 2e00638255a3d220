using System.Net;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Abuse;

public sealed class BudgetTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static int last;

    private ITimedListGrain Blocks => cluster.Grains.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks);

    private AbuseOptions Options => cluster.Options<AbuseOptions>();

    [Fact]
    public async Task An_address_is_blocked_when_its_budget_is_spent()
    {
        var (grain, prefix) = NewClient();
        for (var i = 1; i < Options.LoginFailures; i++)
            Assert.Equal(new ClientVerdict(i, null), await grain.FailAsync(null));

        var verdict = await grain.FailAsync(null);

        var until = cluster.Time.GetUtcNow() + Options.BlockTime;
        Assert.Equal(new ClientVerdict(Options.LoginFailures, until), verdict);
        Assert.Equal(new TimedEntry(prefix, until, TimedReasons.Logins), await FindAsync(prefix));
    }

    [Fact]
    public async Task The_verdict_does_not_wait_for_the_list_and_forgiveness_does()
    {
        var (grain, prefix) = NewClient();
        for (var i = 1; i < Options.LoginFailures; i++)
            await grain.FailAsync(null);
        var held = new TaskCompletionSource();
        cluster.Rows.Commits.Next(Fault.Hold(held.Task));

        var verdict = await grain.FailAsync(null).WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        Assert.NotNull(verdict.BlockedUntil);
        Assert.DoesNotContain(await ListAsync(), entry => entry.Subject == prefix);

        var forgiven = grain.ForgiveAsync();
        Assert.False(forgiven.IsCompleted);
        held.SetResult();
        await forgiven;
        Assert.True(await Blocks.RemoveAsync(prefix));
        Assert.Equal(new ClientVerdict(1, null), await grain.FailAsync(null));
    }

    [Fact]
    public async Task A_guard_that_the_list_had_no_room_for_is_tried_again_soon()
    {
        var account = $"{cluster.NewName()}@acme.test".ToLowerInvariant();
        var grain = cluster.Grains.GetGrain<IAccountBudgetGrain>(account);
        var before = Options.MaxEntries;
        Options.MaxEntries = 0;
        try
        {
            for (var i = 0; i < Options.AccountFailures; i++)
                await grain.FailAsync();
            Assert.DoesNotContain(await ListAsync(), entry => entry.Subject == account);
        }
        finally
        {
            Options.MaxEntries = before;
        }

        // Within much less than the half of the window after which a guard is renewed anyway.
        for (var i = 0; i < 15 && !(await ListAsync()).Any(entry => entry.Subject == account); i++)
        {
            cluster.Time.Advance(Options.RetryDelay);
            for (var failure = 0; failure < 5; failure++)
                await grain.FailAsync();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.NotNull(await FindAsync(account));
    }

    [Fact]
    public async Task Failures_are_forgotten_evenly()
    {
        var (grain, _) = NewClient();
        for (var i = 0; i < 10; i++)
            await grain.FailAsync(null);
        cluster.Time.Advance(Options.Window / 4); // a quarter of the budget of 20
        Assert.Equal(6, (await grain.FailAsync(null)).Failures);
        cluster.Time.Advance(Options.Window);
        Assert.Equal(1, (await grain.FailAsync(null)).Failures);
    }

    [Fact]
    public async Task A_block_that_was_lifted_leaves_a_whole_budget()
    {
        var (grain, prefix) = NewClient();
        for (var i = 0; i < Options.LoginFailures; i++)
            await grain.FailAsync(null);
        await grain.ForgiveAsync();
        Assert.True(await Blocks.RemoveAsync(prefix));

        Assert.Equal(new ClientVerdict(1, null), await grain.FailAsync(null));
        Assert.DoesNotContain(await ListAsync(), entry => entry.Subject == prefix);
    }

    [Fact]
    public async Task A_block_survives_the_death_of_all_who_know_it()
    {
        var (grain, prefix) = NewClient();
        for (var i = 0; i < Options.LoginFailures; i++)
            await grain.FailAsync(null);
        await FindAsync(prefix);
        await cluster.ForgetAsync(grain);
        await cluster.ForgetAsync(Blocks);

        Assert.Contains(await ListAsync(), entry => entry.Subject == prefix);
        Assert.True((await Blocks.ReadChangesAsync(default, 0)).Forgotten);
    }

    [Fact]
    public async Task While_the_list_does_not_answer_the_caller_is_told_all_the_same()
    {
        var (grain, prefix) = NewClient();
        for (var i = 1; i < Options.LoginFailures; i++)
            await grain.FailAsync(null);
        using (cluster.Rows.Commits.While(Fault.DiskFull))
            Assert.NotNull((await grain.FailAsync(null)).BlockedUntil);

        cluster.Time.Advance(Options.PurgePeriod); // then it is written, too
        Assert.NotNull(await FindAsync(prefix));
    }

    [Fact]
    public async Task An_account_that_many_addresses_attack_is_guarded()
    {
        var account = $"{cluster.NewName()}@acme.test".ToLowerInvariant();
        for (var i = 0; i < Options.AccountFailures; i++)
            await NewClient().Grain.FailAsync(account);

        Assert.Equal(new TimedEntry(account, cluster.Time.GetUtcNow() + Options.Window, TimedReasons.Guarded), await FindAsync(account));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::1:2:3:4", "2001:db8::/64")]
    [InlineData("64:ff9b::192.0.2.7", "64:ff9b::c000:207")]
    public void An_address_of_IPv6_shares_the_budget_of_its_network(string address, string prefix) =>
        Assert.Equal((prefix, true), (ClientBudgets.PrefixOf(IPAddress.Parse(address)).ToString(), ClientBudgets.IsOneClient(ClientBudgets.PrefixOf(IPAddress.Parse(address)))));

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    [InlineData("192.0.2.7", null)]
    [InlineData("::ffff:192.0.2.7", null)]
    [InlineData("64:ff9b::192.0.2.7", null)]
    public void A_client_of_IPv6_is_in_a_site(string address, string? site)
    {
        var client = ClientBudgets.PrefixOf(IPAddress.Parse(address));
        Assert.Equal(site, ClientBudgets.SiteOf(client)?.ToString());
        Assert.Equal(site, cluster.Grains.SiteBudgetOf(client.ToString())?.GetPrimaryKeyString());
    }

    [Theory]
    [InlineData("192.0.2.0/24")]
    [InlineData("2001:db8::/48")]
    [InlineData("64:ff9b::/96")]
    public void A_network_is_not_one_client(string network) =>
        Assert.False(AddressPrefix.TryParse(network, out var prefix) && ClientBudgets.IsOneClient(ClientBudgets.PrefixOf(prefix)));

    private (IClientBudgetGrain Grain, string Prefix) NewClient()
    {
        var prefix = $"198.18.{Interlocked.Increment(ref last) / 256}.{last % 256}";
        return (cluster.Grains.BudgetOf(prefix), prefix);
    }

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

    private async Task<IReadOnlyList<TimedEntry>> ListAsync()
    {
        var all = new List<TimedEntry>();
        for (string? after = ""; after is not null;)
        {
            var page = await Blocks.ListAsync(after, 1000);
            all.AddRange(page.Entries);
            after = page.Next;
        }

        return all;
    }
}
