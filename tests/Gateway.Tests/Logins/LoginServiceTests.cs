using System.Net;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Tests.Logins;

public sealed class LoginServiceTests
{
    private const string Mick = "mick@acme.test";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mick@acme.test", "mick@acme.test")]
    [InlineData("Mick@ACME.test.", "mick@acme.test")]
    [InlineData("mick.acme.test", "mick@acme.test")]
    [InlineData("mick.sub.acme.test", "mick.sub@acme.test")] // mick@sub.acme.test is asked first, and is not a user
    [InlineData("both.sub.acme.test", "both@sub.acme.test")] // the first split from the left
    [InlineData("john.smith", "john.smith@acme.test")]
    [InlineData("mick", "mick@acme.test")]
    [InlineData("acme.test", null)]
    [InlineData("@acme.test", null)]
    [InlineData("mick@", null)]
    [InlineData("mick@elsewhere.test", null)]
    [InlineData("mick.elsewhere.test", null)]
    [InlineData("mick+detail@acme.test", null)]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("%s%n", null)]
    public async Task A_login_name_means_the_first_user_it_can(string name, string? address)
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["CFG_LOCALDOMAIN"] = "acme.test" });
        foreach (var user in new[] { "mick.sub@acme.test", "both@sub.acme.test", "both.sub@acme.test", "john.smith@acme.test" })
            world.AddUser(user);

        var result = await LogInAsync(world, name);

        Assert.Equal(address is null ? LoginStatus.Refused : LoginStatus.Accepted, result.Status);
        Assert.Equal(address, result.Address?.Key);
        Assert.Equal(address is null ? null : "box:" + address, result.Account?.MailboxId);
    }

    [Theory]
    [InlineData(Mick, "wrong")]
    [InlineData("nobody@acme.test", "secret")]
    [InlineData("nobody@elsewhere.test", "secret")]
    [InlineData("", "")]
    [InlineData("off@acme.test", "secret")]
    public async Task A_refused_login_costs_one_derivation_whoever_it_is(string name, string password)
    {
        await using var world = await Pop3World.StartAsync();
        using var derivations = new Measured(world.Meters, "mail.login.derivations");

        Assert.Equal(LoginResult.Refused, await LogInAsync(world, name, password));

        Assert.Equal(1, derivations.Sum);
    }

    [Fact]
    public async Task A_verified_login_costs_no_derivation()
    {
        await using var world = await Pop3World.StartAsync();
        using var derivations = new Measured(world.Meters, "mail.login.derivations");

        for (var i = 0; i < 3; i++)
            Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
        Assert.Equal(1, derivations.Sum);

        Assert.Equal(LoginStatus.Refused, (await LogInAsync(world, Mick, "wrong")).Status);
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
        Assert.Equal(2, derivations.Sum);
    }

    [Fact]
    public async Task A_changed_password_is_known_at_once()
    {
        await using var world = await Pop3World.StartAsync();
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);

        var account = world.Account(Mick);
        account.Login = account.Login! with { Verifier = Scram.Derive("changed", [1, 2, 3, 4], 4096), Version = "2" };

        Assert.Equal(LoginStatus.Refused, (await LogInAsync(world, Mick)).Status);
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick, "changed")).Status);
        Assert.Equal(LoginStatus.Refused, (await LogInAsync(world, Mick)).Status);
    }

    [Fact]
    public async Task An_account_that_is_switched_off_is_refused_at_once()
    {
        await using var world = await Pop3World.StartAsync();
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);

        world.Account(Mick).Login = world.Account(Mick).Login! with { Enabled = false, Version = "2" };
        Assert.Equal(LoginStatus.Refused, (await LogInAsync(world, Mick)).Status);

        world.Account(Mick).Login = null; // deleted
        Assert.Equal(LoginStatus.Refused, (await LogInAsync(world, Mick)).Status);
    }

    [Theory]
    [InlineData("nobody@acme.test")]
    [InlineData(Mick)]
    public async Task A_refusal_comes_a_fixed_time_after_the_attempt_and_later_each_time(string name)
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "1" });
        foreach (var (failures, seconds) in new[] { (0, 1), (1, 2), (2, 4), (3, 8), (4, 10), (1000, 10) })
        {
            var login = world.Logins.LoginAsync(new LoginAttempt(name, new Caller(IPAddress.Loopback, MailPort.Pop3), null, failures), "wrong").AsTask();
            await world.Time.NextTimerAsync(Cancelled);
            world.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(login.IsCompleted);
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(LoginResult.Refused, await login.WaitAsync(Cancelled));
        }
    }

    [Fact]
    public async Task A_success_is_not_delayed()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "10" });
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
    }

    [Fact]
    public async Task Trouble_with_the_account_is_temporary()
    {
        await using var world = await Pop3World.StartAsync();
        world.Account(Mick).Fault = new TimeoutException("the silo does not answer");
        Assert.Equal(LoginResult.Unavailable, await LogInAsync(world, Mick));
        world.Account(Mick).Fault = null;
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
    }

    [Fact]
    public async Task Before_the_domains_are_known_logins_cannot_be_checked()
    {
        await using var world = await Pop3World.StartAsync(knowsDomains: false);
        Assert.Equal(LoginResult.Unavailable, await LogInAsync(world, Mick));
    }

    [Fact]
    public async Task The_cache_is_bounded()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:CacheSize"] = "4" });
        using var derivations = new Measured(world.Meters, "mail.login.derivations");
        var users = Enumerable.Range(0, 12).Select(i => $"user{i}@acme.test").ToList();
        foreach (var user in users)
        {
            world.AddUser(user);
            Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, user)).Status);
        }

        Assert.Equal(12, derivations.Sum);
        await LogInAsync(world, users[^1]);
        Assert.Equal(12, derivations.Sum); // the latest is remembered
        await LogInAsync(world, users[0]);
        Assert.Equal(13, derivations.Sum); // the oldest is not
    }

    [Fact]
    public async Task No_cache_means_a_derivation_for_each_login()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:CacheSize"] = "0" });
        using var derivations = new Measured(world.Meters, "mail.login.derivations");
        await LogInAsync(world, Mick);
        await LogInAsync(world, Mick);
        Assert.Equal(2, derivations.Sum);
    }

    [Fact]
    public async Task A_verifier_with_fewer_rounds_than_wanted_is_made_anew_at_a_login_with_the_password()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Accounts:ScramIterations"] = "5000" });
        using var derivations = new Measured(world.Meters, "mail.login.derivations");
        var account = world.Account(Mick);
        account.Login = account.Login! with { Verifier = Scram.Derive(Pop3World.Password, [1, 2, 3, 4], 4096) };

        Assert.Equal(LoginStatus.Refused, (await LogInAsync(world, Mick, "wrong")).Status);
        Assert.Equal(4096, account.Login!.Verifier.Iterations);
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);

        Assert.Equal(5000, account.Login!.Verifier.Iterations);
        Assert.True(Scram.Matches(account.Login.Verifier, Pop3World.Password));
        Assert.Equal(3, derivations.Sum); // a wrong one, a right one, and the new verifier
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
        Assert.Equal(3, derivations.Sum); // the new version is remembered
    }

    [Fact]
    public async Task A_verifier_that_cannot_be_made_anew_is_as_good_as_before()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Accounts:ScramIterations"] = "5000" });
        var account = world.Account(Mick);
        var verifier = Scram.Derive(Pop3World.Password, [1, 2, 3, 4], 4096);
        account.Login = account.Login! with { Verifier = verifier };
        account.RenewalFault = new TimeoutException("the silo does not answer");

        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, Mick)).Status);
        Assert.Same(verifier, account.Login!.Verifier);
        Assert.Contains(world.LoginLog.Lines, line => line.Text.Contains("could not be made anew", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_a_password_that_everybody_can_guess_may_fetch_and_not_send()
    {
        await using var world = await Pop3World.StartAsync();
        world.Account(Mick).Login = world.Account(Mick).Login! with { WeakPassword = true };
        var attempt = new LoginAttempt(Mick, new Caller(IPAddress.Loopback, MailPort.Pop3), SaslMechanism.Plain, 0);

        Assert.Equal(LoginStatus.Accepted, (await world.Logins.LoginAsync(attempt, Pop3World.Password)).Status);
        Assert.Equal(LoginResult.Refused, await world.Logins.LoginAsync(attempt with { ForSending = true }, Pop3World.Password));
        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith("refused reason=weak-password client=127.0.0.1 port=pop3 name=\"mick@acme.test\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logins_are_counted_by_mechanism_and_result()
    {
        await using var world = await Pop3World.StartAsync();
        using var attempts = new Measured(world.Meters, "mail.login.attempts");
        await world.Logins.LoginAsync(new LoginAttempt(Mick, new Caller(IPAddress.Loopback, MailPort.Pop3), SaslMechanism.Plain, 0), "wrong");
        await LogInAsync(world, Mick);
        Assert.Equal(["refused plain", "accepted pass"], attempts.Tags.Select(tags => $"{tags["result"]} {tags["mechanism"]}"));
    }

    [Fact]
    public async Task A_password_in_UTF8_is_the_same_in_every_form_of_normalisation()
    {
        await using var world = await Pop3World.StartAsync();
        world.AddUser("u@acme.test", "p\u00e4ss\u00a0w\u00f6rd");
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, "u@acme.test", "pa\u0308ss wo\u0308rd")).Status);
        Assert.Equal(LoginStatus.Accepted, (await LogInAsync(world, "u@acme.test", "p\u00e4ss w\u00f6rd")).Status);
    }

    private static ValueTask<LoginResult> LogInAsync(Pop3World world, string name, string password = Pop3World.Password) =>
        world.Logins.LoginAsync(new LoginAttempt(name, new Caller(IPAddress.Loopback, MailPort.Pop3), null, 0), password);
}
