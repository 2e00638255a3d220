using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Protocols.Sasl;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Logins;

/// <summary>SCRAM between a client by the book and the login service.</summary>
public sealed class SaslLoginTests
{
    private const string Mick = "mick@acme.test";

    private static readonly byte[] Certificate = [1, 2, 3];

    [Fact]
    public async Task A_client_and_the_server_prove_themselves_without_a_derivation()
    {
        await using var world = await Pop3World.StartAsync();
        using var derivations = new Measured(world.Meters, "mail.login.derivations");
        var client = new ScramClient(Mick, Pop3World.Password);
        var login = Start(world);

        var result = await PlayAsync(login, client);

        Assert.Equal(LoginStatus.Accepted, result.Status);
        Assert.Equal(Mick, result.Address?.Key);
        Assert.Equal(0, derivations.Sum);
    }

    [Theory]
    [InlineData(Mick, "wrong", "wrong-password")]
    [InlineData("nobody@acme.test", Pop3World.Password, "no-such-user")]
    [InlineData("off@acme.test", Pop3World.Password, "account-off")]
    public async Task A_wrong_proof_is_refused_and_the_log_says_why(string name, string password, string why)
    {
        await using var world = await Pop3World.StartAsync();
        Assert.Equal(LoginResult.Refused, await PlayAsync(Start(world), new ScramClient(name, password)));
        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith($"refused reason={why} client=127.0.0.1 port=pop3 name=\"{name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_who_does_not_exist_has_always_the_same_salt_and_rounds_at_every_gateway()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["CFG_LOCALDOMAIN"] = "acme.test" });
        await using var other = await Pop3World.StartAsync();

        var offer = await OfferAsync(Start(world), "nobody@acme.test");

        Assert.Equal("i=4096", offer[2]);
        Assert.Equal(16, Convert.FromBase64String(offer[1]).Length);
        Assert.Equal(offer[1..], (await OfferAsync(Start(world), "Nobody@ACME.test"))[1..]);
        Assert.Equal(offer[1..], (await OfferAsync(Start(world), "nobody.acme.test"))[1..]);
        Assert.Equal(offer[1..], (await OfferAsync(Start(world), "nobody"))[1..]);
        Assert.Equal(offer[1..], (await OfferAsync(Start(other), "nobody@acme.test"))[1..]);
        Assert.NotEqual(offer[1], (await OfferAsync(Start(world), "noone@acme.test"))[1]);
    }

    [Fact]
    public async Task A_refusal_comes_late_also_when_it_was_known_early()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "1" });
        var playing = PlayAsync(Start(world), new ScramClient("nobody@acme.test", "wrong"));
        await world.Time.NextTimerAsync(TestContext.Current.CancellationToken);
        Assert.False(playing.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LoginResult.Refused, await playing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_that_is_bound_to_our_certificate_is_accepted_and_one_that_is_deceived_is_not()
    {
        await using var world = await Pop3World.StartAsync();
        var offer = new AuthOffer(SaslMechanisms.All);

        var bound = Start(world, SaslMechanism.ScramSha256Plus, offer);
        Assert.Equal(LoginStatus.Accepted, (await PlayAsync(bound, new ScramClient(Mick, Pop3World.Password, "p=tls-server-end-point", Certificate))).Status);

        var elsewhere = Start(world, SaslMechanism.ScramSha256Plus, offer);
        Assert.Equal(LoginResult.Refused, await PlayAsync(elsewhere, new ScramClient(Mick, Pop3World.Password, "p=tls-server-end-point", [9])));

        var deceived = Start(world, SaslMechanism.ScramSha256, offer);
        Assert.Equal(LoginResult.Refused, await PlayAsync(deceived, new ScramClient(Mick, Pop3World.Password, "y")));
        Assert.Equal(2, world.Perimeter.Refused.Count(line => line.StartsWith("refused reason=unbound ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_exchange_that_is_given_up_is_no_attempt()
    {
        await using var world = await Pop3World.StartAsync();
        using var attempts = new Measured(world.Meters, "mail.login.attempts");
        var login = Start(world);
        await OfferAsync(login, Mick);
        Assert.IsType<SaslTurn.Cancelled>(await login.RespondAsync("*"));
        Assert.Equal(0, attempts.Sum);
    }

    [Theory]
    [InlineData("192.0.2.7", TimedReasons.Logins, "blocked", Pop3World.Password)]
    [InlineData(Mick, TimedReasons.Guarded, "account-guarded", "wrong")]
    public async Task Challenges_that_were_collected_before_a_block_or_guard_are_worth_no_more_tries_after_it(string subject, string reason, string why, string first)
    {
        await using var world = await Pop3World.StartAsync();
        var started = new List<(SaslLogin Login, ScramClient Client, string Offer)>();
        foreach (var password in new[] { first, Pop3World.Password })
        {
            var (login, client) = (Start(world, from: "192.0.2.7"), new ScramClient(Mick, password));
            started.Add((login, client, Text(await login.StartAsync(Encode(client.First)))));
        }

        await world.Abuse.Blocks.AddAsync(new TimedEntry(subject, world.Time.GetUtcNow() + TimeSpan.FromMinutes(15), reason));
        await world.Perimeter.Blocks.RefreshAsync();

        foreach (var (login, client, offer) in started)
            Assert.Equal(LoginResult.Refused, Assert.IsType<SaslTurn.Ended>(await login.RespondAsync(Encode(client.Final(offer)))).Result);
        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith($"refused reason={why} client=192.0.2.7 ", StringComparison.Ordinal));
    }

    private static SaslLogin Start(Pop3World world, SaslMechanism mechanism = SaslMechanism.ScramSha256, AuthOffer? offer = null, string from = "127.0.0.1") =>
        new(world.Logins, new LoginAttempt("", new Caller(IPAddress.Parse(from), MailPort.Pop3), null, 0), mechanism, offer ?? AuthOffer.None, Certificate);

    private static async Task<string[]> OfferAsync(SaslLogin login, string name)
    {
        var fields = Text(await login.StartAsync(Encode(new ScramClient(name, "").First))).Split(',');
        return [fields[0], fields[1][2..], fields[2]];
    }

    private static async Task<LoginResult> PlayAsync(SaslLogin login, ScramClient client)
    {
        Assert.Equal("", Text(await login.StartAsync(null)));
        var offer = Text(await login.RespondAsync(Encode(client.First)));
        var turn = await login.RespondAsync(Encode(client.Final(offer)));
        if (turn is not SaslTurn.Challenge)
            return Assert.IsType<SaslTurn.Ended>(turn).Result;
        Assert.True(client.Believes(Text(turn)));
        return Assert.IsType<SaslTurn.Ended>(await login.RespondAsync("")).Result;
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(SaslTurn turn) => Encoding.UTF8.GetString(Convert.FromBase64String(Assert.IsType<SaslTurn.Challenge>(turn).Text));
}
