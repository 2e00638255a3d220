using System.Net;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Abuse;

public sealed class LoginGuardTests
{
    private const string Mick = "mick@acme.test";

    private static readonly IPAddress Stranger = IPAddress.Parse("192.0.2.7");

    [Fact]
    public async Task A_right_login_makes_no_call_and_a_failed_one_makes_one()
    {
        await using var world = await Pop3World.StartAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, Stranger));
        Assert.Equal(0, world.Abuse.Calls);

        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, password: "wrong"));
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, "nobody@acme.test"));

        Assert.Equal(2, world.Abuse.Calls);
        Assert.Equal((2, 1), (world.Abuse.Failures["192.0.2.7"], world.Abuse.Failures[Mick]));
        Assert.DoesNotContain("nobody@acme.test", world.Abuse.Failures.Keys);
    }

    [Fact]
    public async Task A_spent_budget_bites_before_the_password_is_looked_at()
    {
        await using var world = await Pop3World.StartAsync();
        world.Abuse.Budget = 3;
        using var derivations = new Measured(world.Meters, "mail.login.derivations");
        for (var i = 0; i < 3; i++)
            await LogInAsync(world, Stranger, password: "wrong");
        Assert.Equal(3, derivations.Sum);

        for (var i = 0; i < 100; i++)
            Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger));

        Assert.Equal((3, 3), (derivations.Sum, world.Abuse.Calls));
        Assert.Contains("refused reason=blocked client=192.0.2.7 port=pop3 name=\"mick@acme.test\" reply=\"-ERR [AUTH]\"", world.Perimeter.Refused);
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("192.0.2.8")));
    }

    [Fact]
    public async Task Two_gateways_share_the_failures_and_the_block_of_an_address()
    {
        await using var here = await Pop3World.StartAsync();
        await using var there = await Pop3World.StartAsync(abuse: here.Abuse);
        here.Abuse.Budget = 4;
        await LogInAsync(here, Stranger, password: "wrong");
        await LogInAsync(there, Stranger, password: "wrong");
        await LogInAsync(here, Stranger, password: "wrong");
        Assert.Equal("+OK mail.acme.test", await GreetingAsync(there));
        await LogInAsync(here, Stranger, password: "wrong");

        await there.Perimeter.Blocks.RefreshAsync();

        Assert.Equal("-ERR [SYS/TEMP] your address is blocked", await GreetingAsync(there));
        await here.Abuse.Blocks.RemoveAsync("192.0.2.7");
        await here.Abuse.Client("192.0.2.7").ForgiveAsync();
        foreach (var world in new[] { here, there })
        {
            await world.Perimeter.Blocks.RefreshAsync();
            Assert.Equal("+OK mail.acme.test", await GreetingAsync(world));
        }
    }

    [Fact]
    public async Task A_client_of_a_blocked_site_is_blocked_and_an_exempt_one_within_is_not()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Limits:Exempt"] = "2001:db8:7::25" });
        await world.Abuse.Blocks.AddAsync(new TimedEntry("2001:db8:7::/48", world.Time.GetUtcNow() + TimeSpan.FromHours(1), TimedReasons.Site));
        await world.Perimeter.Blocks.RefreshAsync();

        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, IPAddress.Parse("2001:db8:7:ffff::1")));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("2001:db8:7::25")));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("2001:db8:8::1")));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, Stranger));

        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("2001:db8:7:ffff::1")));
    }

    [Fact]
    public async Task A_block_ends_by_itself_even_when_the_cluster_is_away()
    {
        await using var world = await Pop3World.StartAsync();
        world.Abuse.Budget = 1;
        await LogInAsync(world, Stranger, password: "wrong");
        Assert.Equal("-ERR [SYS/TEMP] your address is blocked", await GreetingAsync(world));
        world.Abuse.Trouble = new StorageException("away");

        world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("+OK mail.acme.test", await GreetingAsync(world));
    }

    [Fact]
    public async Task An_attacked_account_lets_its_user_in_and_gives_strangers_no_second_try()
    {
        var known = IPAddress.Parse("198.51.100.1");
        await using var world = await Pop3World.StartAsync();
        world.Abuse.AccountBudget = 10;
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, known));
        for (var i = 1; i <= 10; i++)
            await LogInAsync(world, IPAddress.Parse($"203.0.113.{i}"), password: "wrong");
        await world.Perimeter.Blocks.RefreshAsync();
        using var derivations = new Measured(world.Meters, "mail.login.derivations");

        // Strangers who failed are not listened to, under any of the account's names.
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, IPAddress.Parse("203.0.113.1")));
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, IPAddress.Parse("203.0.113.1"), "MICK.acme.test"));
        Assert.Equal(0, derivations.Sum);
        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith("refused reason=account-guarded client=203.0.113.1 ", StringComparison.Ordinal));
        // But at another account, and a stranger who has not failed, and an address that is known, failures or not.
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("203.0.113.1"), "empty@acme.test"));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("203.0.113.200")));
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, known, password: "wrong"));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, known));
        // When the window is over the failures are forgotten, and the guard ends.
        world.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public async Task An_address_of_IPv6_is_its_network()
    {
        await using var world = await Pop3World.StartAsync();
        world.Abuse.Budget = 2;
        await LogInAsync(world, IPAddress.Parse("2001:db8::1"), password: "wrong");
        await LogInAsync(world, IPAddress.Parse("2001:db8::ffff:2"), password: "wrong");

        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, IPAddress.Parse("2001:db8::3")));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("2001:db8:0:1::3")));
    }

    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("::1", 0)]
    [InlineData("127.1.0.1", 1)]
    [InlineData("198.51.100.9", 0)]
    public async Task Exempt_addresses_and_proxies_are_not_counted(string address, int calls)
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Gateway:TrustedProxies"] = "198.51.100.0/24" });
        await LogInAsync(world, IPAddress.Parse(address), password: "wrong");
        Assert.Equal(calls, world.Abuse.Calls);
    }

    [Fact]
    public async Task While_the_cluster_does_not_answer_logins_are_checked_all_the_same()
    {
        await using var world = await Pop3World.StartAsync();
        world.Abuse.Trouble = new TimeoutException("no answer");
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, password: "wrong"));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, Stranger));
    }

    [Fact]
    public async Task A_failure_is_answered_as_late_as_the_failures_of_the_address_demand()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "1" });
        world.Abuse.Failures["192.0.2.7"] = 3;
        var login = LogInAsync(world, Stranger, password: "wrong");
        await world.Time.NextTimerAsync(TestContext.Current.CancellationToken);
        world.Time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.False(login.IsCompleted);

        world.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(LoginStatus.Refused, await login.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_account_logs_in_so_often_in_a_minute()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Abuse:AccountLoginRate"] = "2" });
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, Stranger));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, IPAddress.Parse("192.0.2.8")));
        Assert.Equal(LoginStatus.Unavailable, await LogInAsync(world, IPAddress.Parse("192.0.2.9")));
        Assert.Contains("refused reason=login-rate client=192.0.2.9 port=pop3 name=\"mick@acme.test\" reply=\"-ERR [SYS/TEMP]\"", world.Perimeter.Refused);
        world.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, Stranger));
    }

    [Fact]
    public async Task Of_tries_at_a_guarded_account_that_come_at_a_time_one_is_looked_at()
    {
        await using var world = await Pop3World.StartAsync();
        await GuardAsync(world, Mick);
        using var derivations = new Measured(world.Meters, "mail.login.derivations");

        var tries = Enumerable.Range(0, 20).Select(_ => LogInAsync(world, Stranger, password: "wrong")).ToArray();
        await Task.WhenAll(tries).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), (derivations.Sum, world.Abuse.Calls));
        Assert.Equal(19, world.Perimeter.Refused.Count(line => line.StartsWith("refused reason=account-guarded ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_of_a_guarded_account_comes_as_late_as_any_other()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "1" });
        await GuardAsync(world, Mick);
        foreach (var (name, seconds) in new[] { (Mick, 1), (Mick, 2), ("nobody@acme.test", 4), (Mick, 8) })
        {
            var login = LogInAsync(world, Stranger, name, "wrong");
            await world.Time.NextTimerAsync(TestContext.Current.CancellationToken);
            world.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(login.IsCompleted);
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(LoginStatus.Refused, await login.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }

        Assert.Equal(2, world.Abuse.Calls); // two of them met the guard
    }

    [Fact]
    public async Task The_right_password_of_an_account_that_is_off_is_refused_as_late_as_a_wrong_one()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "1" });
        foreach (var (password, seconds) in new[] { ("wrong", 1), ("wrong", 2), (Pop3World.Password, 4) })
        {
            var login = LogInAsync(world, Stranger, "off@acme.test", password);
            await world.Time.NextTimerAsync(TestContext.Current.CancellationToken);
            world.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(login.IsCompleted);
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(LoginStatus.Refused, await login.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_account_that_a_name_means_is_guarded_not_the_first_that_it_may_mean()
    {
        await using var world = await Pop3World.StartAsync();
        world.AddUser("mick.sub@acme.test"); // and no mick@sub.acme.test
        await GuardAsync(world, "mick.sub@acme.test");

        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, "mick.sub.acme.test", "wrong"));
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, "mick.sub.acme.test"));

        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith("refused reason=account-guarded ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_neighbours_failure_at_another_account_takes_nobodys_try()
    {
        await using var world = await Pop3World.StartAsync();
        await GuardAsync(world, Mick);
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, "empty@acme.test", "wrong"));
        Assert.Equal(LoginStatus.Refused, await LogInAsync(world, Stranger, "nobody@acme.test"));

        Assert.Equal(LoginStatus.Accepted, await LogInAsync(world, Stranger));
    }

    [Fact]
    public async Task A_password_whose_address_was_blocked_while_it_waited_is_not_looked_at()
    {
        await using var world = await Pop3World.StartAsync();
        using var derivations = new Measured(world.Meters, "mail.login.derivations");
        using var keys = new ScramKeys(world.LoginOptions, new LoginMetrics(world.Meters));
        var verifier = keys.CreateUnmatchable();

        Assert.Null(await keys.MatchAsync(verifier, "wrong", () => false));
        Assert.Equal(0, derivations.Sum);
        Assert.False(await keys.MatchAsync(verifier, "wrong", () => true));
        Assert.Equal(1, derivations.Sum);
    }

    [Fact]
    public async Task What_is_remembered_of_addresses_is_bounded()
    {
        await using var world = await Pop3World.StartAsync();
        var guard = world.Perimeter.Guard();
        for (var i = 0; i < 100_000; i++)
        {
            var client = new Caller(new IPAddress(0x0000007fL + ((i & 0xffL) << 24) + ((i >> 8) << 8)), MailPort.Pop3);
            var login = new OpenLogin(new LoginAttempt(Mick, client, null, 0), 0, Address(Mick), null, null);
            await guard.SettleAsync(login, LoginVerdict.WrongPassword);
            await guard.SettleAsync(login, LoginVerdict.Right);
        }

        Assert.InRange(guard.Count, 10_000, 90_000);
    }

    private static MailAddress Address(string text) => MailAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private static async Task<LoginStatus> LogInAsync(Pop3World world, IPAddress client, string name = Mick, string password = Pop3World.Password) =>
        (await world.Logins.LoginAsync(new LoginAttempt(name, new Caller(client, MailPort.Pop3), Mechanism: null, 0), password)).Status;

    private static async Task GuardAsync(Pop3World world, string account)
    {
        await world.Abuse.Blocks.AddAsync(new TimedEntry(account, world.Time.GetUtcNow() + TimeSpan.FromMinutes(15), TimedReasons.Guarded));
        await world.Perimeter.Blocks.RefreshAsync();
    }

    private static async Task<string> GreetingAsync(Pop3World world)
    {
        await using var client = new WireClient(Stranger);
        client.Wire.Start(world.Handler);
        var greeting = await client.ReadAsync();
        client.Wire.CloseSending();
        await client.EndAsync();
        return greeting!.Replace(" for a while", "", StringComparison.Ordinal).Split(" eXtremail")[0];
    }
}
