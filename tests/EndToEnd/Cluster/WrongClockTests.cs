using System.Globalization;
using System.Text;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Two gateways and two silos, and in each pair the second one's clock is five minutes ahead.</summary>
public sealed class WrongClockTests : IAsyncLifetime
{
    private const int Messages = 12;

    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly SharedStore store = new();
    private readonly CountingSink sink = new();
    private GatewayServer right = null!;
    private GatewayServer wrong = null!;

    public async ValueTask InitializeAsync()
    {
        string[] relaying = [$"--Relay:SmartHost={sink.Address}", "--CFG_ANTI_RELY=2"];
        await store.StartSiloAsync(relaying);
        right = await store.StartGatewayAsync(relaying);
        store.Clock = new WrongClock(Ahead);
        await store.StartSiloAsync(relaying);
        wrong = await store.StartGatewayAsync(relaying);
        await ManageAsync(right, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        await Eventually.HoldsAsync(Soon, async () => (await SendAsync(wrong, "mick@acme.test", "first")).StartsWith("250", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task Mail_is_listed_as_it_came_and_deleted_once()
    {
        string[] sent = [.. Enumerable.Range(0, Messages).Select(number => string.Create(CultureInfo.InvariantCulture, $"m{number}"))];
        for (var i = 0; i < sent.Length; i++)
            Assert.StartsWith("250", await SendAsync(i % 2 == 0 ? wrong : right, "mick@acme.test", sent[i]), StringComparison.Ordinal);

        var found = await Wire.FetchAllAsync(right.Endpoint("pop3"), "mick@acme.test", delete: true);

        Assert.Equal(sent.Prepend("first"), found.Select(ChaosLoad.SubjectOf));
        Assert.Empty(await Wire.FetchAllAsync(wrong.Endpoint("pop3"), "mick@acme.test"));
    }

    [Fact]
    public async Task Mail_for_others_leaves_at_once_whoever_takes_it()
    {
        await Wire.FetchAllAsync(wrong.Endpoint("pop3"), "mick@acme.test"); // and now its address may relay, at each gateway
        string[] sent = [.. Enumerable.Range(0, Messages).Select(number => string.Create(CultureInfo.InvariantCulture, $"m{number}"))];
        for (var i = 0; i < sent.Length; i++)
            Assert.StartsWith("250", await SendAsync(i % 2 == 0 ? wrong : right, $"zoe@d{i}.test", sent[i]), StringComparison.Ordinal);

        await sink.WaitForAsync(sent, Soon);

        Assert.All(sent, subject => Assert.Single(sink.Arrivals[subject]));
        await Eventually.HoldsAsync(Soon, async () => (await ManageAsync(right, "QUEUE SHOW ALL"))[^1] == "OK0800 0 listed");
    }

    [Fact]
    public async Task A_silo_whose_clock_is_behind_is_taken_in()
    {
        store.Clock = TimeProvider.System;
        await store.StartSiloAsync();
        await Eventually.HoldsAsync(Soon, async () => (await ManageAsync(right, "STATUS")).Contains("Silos:\t3"));
    }

    private static Task<IReadOnlyList<string>> ManageAsync(GatewayServer gateway, params string[] commands) =>
        ServerUnderTest.ManageAsync(gateway.Endpoint("management"), commands);

    private static Task<string> SendAsync(GatewayServer gateway, string to, string subject) =>
        Wire.SendAsync(gateway.Endpoint("smtp"), to, Encoding.ASCII.GetBytes($"Subject: {subject}\r\n\r\nhello\r\n"));
}
