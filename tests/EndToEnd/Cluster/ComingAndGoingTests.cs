using System.Diagnostics;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Silo;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Silos and gateways start in any order, stop and come back.</summary>
public sealed class ComingAndGoingTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly byte[] Text = "Subject: x\r\n\r\nhello\r\n"u8.ToArray();

    private readonly SharedStore store = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_silo_without_mail_ports_says_where_it_is()
    {
        var silo = await store.StartSiloAsync();
        Assert.Equal($"ready: silo={silo.Endpoint("silo")}", silo.ReadyLine());
        using var client = await LineClient.ConnectAsync(silo.Endpoint("silo"));
    }

    [Fact]
    public async Task A_silo_with_mail_ports_serves_mail_itself()
    {
        var silo = await store.StartSiloAsync("--Gateway:Hosted=true");
        Assert.StartsWith("ready: smtp=127.0.0.1:", silo.ReadyLine(), StringComparison.Ordinal);
        await ServerUnderTest.ManageAsync(silo.Endpoint("management"), "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        Assert.StartsWith("250", await Wire.SendAsync(silo.Endpoint("smtp"), "mick@acme.test", Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_waits_for_the_first_silo()
    {
        var gateway = store.BuildGateway();
        var starting = gateway.StartAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => starting.WaitAsync(TimeSpan.FromSeconds(3), Cancelled));
        await store.StartSiloAsync();
        await starting.WaitAsync(Soon, Cancelled);
        await AddUserAsync(gateway);
        Assert.StartsWith("250", await SendAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_comes_back_at_the_same_address_is_taken_in()
    {
        var first = await store.StartSiloAsync();
        var gateway = await store.StartGatewayAsync();
        await AddUserAsync(gateway);
        var port = first.Endpoint("silo").Port;
        await first.DisposeAsync();
        await store.StartSiloAsync($"--Silo:Port={port}");
        await Eventually.HoldsAsync(Soon, async () => (await SendAsync(gateway)).StartsWith("250", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sessions_live_on_while_all_silos_are_away_and_hear_that_it_passes()
    {
        var silo = await store.StartSiloAsync();
        var gateway = await store.StartGatewayAsync();
        await AddUserAsync(gateway);
        using var smtp = await Wire.GreetAsync(gateway.Endpoint("smtp"));
        using var pop3 = await LineClient.ConnectAsync(gateway.Endpoint("pop3"));
        await pop3.ReadLineAsync();
        await silo.DisposeAsync();

        var clock = Stopwatch.StartNew();
        Assert.StartsWith("451", await Wire.SendAsync(smtp, "mick@acme.test", Text), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await pop3.Pop3Async("USER mick@acme.test"), StringComparison.Ordinal);
        Assert.StartsWith("-ERR [SYS/TEMP]", await pop3.Pop3Async("PASS secret"), StringComparison.Ordinal);
        using (var another = await Wire.GreetAsync(gateway.Endpoint("smtp")))
            Assert.StartsWith("451", await Wire.SendAsync(another, "mick@acme.test", Text), StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));

        await store.StartSiloAsync();
        await Eventually.HoldsAsync(Soon, async () =>
        {
            await smtp.SmtpAsync("RSET");
            return (await Wire.SendAsync(smtp, "mick@acme.test", Text)).StartsWith("250", StringComparison.Ordinal);
        });
        Assert.StartsWith("+OK", await pop3.Pop3Async("USER mick@acme.test"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await pop3.Pop3Async("PASS secret"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_one_of_two_silos_stops_every_mailbox_answers_and_every_session_is_listed()
    {
        var silos = await Task.WhenAll(store.StartSiloAsync(), store.StartSiloAsync());
        var gateways = await Task.WhenAll(store.StartGatewayAsync(), store.StartGatewayAsync());
        var users = Enumerable.Range(0, 16).Select(user => $"u{user}").ToArray();
        await ManageAsync(gateways[0], ["DOMAIN ADD NAME=acme.test", .. users.Select(user => $"USER ADD NAME={user} DOMAIN=acme.test PASS=secret")]);
        foreach (var user in users)
            await AcceptedAsync(gateways[1], user);
        using var session = await Wire.GreetAsync(gateways[1].Endpoint("smtp"));

        await silos[0].DisposeAsync();

        foreach (var user in users)
        {
            await AcceptedAsync(gateways[1], user);
            Assert.True((await Wire.FetchAllAsync(gateways[0].Endpoint("pop3"), $"{user}@acme.test")).Count >= 2, user);
        }

        await Eventually.HoldsAsync(Soon, async () => (await ManageAsync(gateways[0], "CONN SMTP SHOW"))[^1] == "OK1000 1 listed");
        await Eventually.HoldsAsync(Soon, async () =>
        {
            var status = await ManageAsync(gateways[0], "STATUS");
            return status.Contains("Silos:\t1") && status.Contains("Gateways:\t2");
        });
    }

    [Fact]
    public void A_gateway_alone_with_the_embedded_store_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var refused = Assert.Throws<ParameterException>(() => GatewayServer.Build(ServerUnderTest.Arguments(folder.Path)));
        Assert.StartsWith("Storage:Provider = 'sqlite' is not allowed", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<ParameterException>(() => MailServer.Build([.. ServerUnderTest.Arguments(folder.Path), "--Gateway:Hosted=false"]));
        Assert.StartsWith("Gateway:Hosted = 'false' is not allowed", refused.Message, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> ManageAsync(GatewayServer gateway, params string[] commands) =>
        ServerUnderTest.ManageAsync(gateway.Endpoint("management"), commands);

    private static Task<IReadOnlyList<string>> AddUserAsync(GatewayServer gateway) =>
        ManageAsync(gateway, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");

    private static Task<string> SendAsync(GatewayServer gateway, string user = "mick") =>
        Wire.SendAsync(gateway.Endpoint("smtp"), $"{user}@acme.test", Text);

    private static Task<TimeSpan> AcceptedAsync(GatewayServer gateway, string user) =>
        Eventually.HoldsAsync(Soon, async () => (await SendAsync(gateway, user)).StartsWith("250", StringComparison.Ordinal));
}
