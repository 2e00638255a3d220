using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Processes;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Silos die by kill -9, one and all; what they served is served again, and nothing that was accepted is lost.</summary>
[Collection(nameof(Processes))]
public sealed class SiloDeathTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Users = 24;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(15);

    // Every wait is a few seconds on a quiet machine, and is printed; this only ends what hangs.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, int> accepted = new(); // marker -> user
    private ProcessCluster cluster = null!;
    private ServerProcess a = null!;
    private ServerProcess b = null!;
    private int sent;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cluster = await ProcessCluster.StartAsync(Cancelled);

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task After_the_death_of_one_of_three_every_mailbox_answers_soon()
    {
        var silos = await StartAsync(3);
        await DeliverToAllAsync();
        await silos[1].KillAsync();

        var silences = await Task.WhenAll(Enumerable.Range(0, Users).Select(AnsweredAsync));
        output.WriteLine($"the longest silence of a mailbox was {silences.Max().TotalSeconds:F1} s");
        await AssertNothingLostAsync();
        Assert.Contains("Silos:\t2", await ManageAsync(a, "STATUS"));
        using var session = await Wire.GreetAsync(b.Smtp);
        Assert.Equal("OK1000 1 listed", (await ManageAsync(a, "CONN SMTP SHOW"))[^1]);
    }

    [Fact]
    public async Task When_all_are_dead_a_new_one_takes_over()
    {
        var silos = await StartAsync(2);
        await DeliverToAllAsync();
        await Task.WhenAll(silos.Select(silo => silo.KillAsync()));
        Assert.StartsWith("451", await SendAsync(0), StringComparison.Ordinal);

        var clock = Stopwatch.StartNew();
        await cluster.StartSiloAsync();
        await Task.WhenAll(Enumerable.Range(0, Users).Select(AnsweredAsync));
        output.WriteLine($"all answered again after {clock.Elapsed.TotalSeconds:F1} s");
        await AssertNothingLostAsync();
    }

    [Fact]
    public async Task A_silo_that_slept_is_voted_out_and_ends()
    {
        var silos = await StartAsync(3);
        await DeliverToAllAsync();
        Signal.Send(silos[2].Id, Signal.Stop);
        var silences = await Task.WhenAll(Enumerable.Range(0, Users).Select(AnsweredAsync));
        output.WriteLine($"the longest silence of a mailbox was {silences.Max().TotalSeconds:F1} s");
        Signal.Send(silos[2].Id, Signal.Continue);
        await Eventually.HoldsAsync(Long, () => Task.FromResult(silos[2].HasEnded));
        await AssertNothingLostAsync();
    }

    [Fact]
    public async Task While_the_store_is_away_nobody_dies_and_every_reply_is_temporary()
    {
        var silos = await StartAsync(2);
        await DeliverToAllAsync();
        await cluster.Store.StopAsync();
        Assert.StartsWith("451", await SendAsync(0), StringComparison.Ordinal);
        await Task.Delay(Outage, Cancelled); // the store is away for that long: that is the test
        Assert.StartsWith("451", await SendAsync(1), StringComparison.Ordinal);
        await cluster.Store.RestartAsync(Cancelled);

        await Task.WhenAll(Enumerable.Range(0, Users).Select(AnsweredAsync));
        Assert.DoesNotContain(silos, silo => silo.HasEnded);
        Assert.Contains("Silos:\t2", await ManageAsync(b, "STATUS"));
        await AssertNothingLostAsync();
    }

    private static Task<IReadOnlyList<string>> ManageAsync(ServerProcess gateway, params string[] commands) =>
        ServerUnderTest.ManageAsync(gateway.Management, commands);

    private async Task<ServerProcess[]> StartAsync(int count)
    {
        var silos = Enumerable.Range(0, count).Select(_ => cluster.StartSiloAsync()).ToArray();
        var gateways = await Task.WhenAll(cluster.StartGatewayAsync(), cluster.StartGatewayAsync());
        (a, b) = (gateways[0], gateways[1]);
        var users = Enumerable.Range(0, Users).Select(user => $"USER ADD NAME=u{user} DOMAIN=acme.test PASS=secret");
        await ManageAsync(a, ["DOMAIN ADD NAME=acme.test", .. users]);
        return await Task.WhenAll(silos);
    }

    private Task<TimeSpan[]> DeliverToAllAsync() => Task.WhenAll(Enumerable.Range(0, Users).Select(user => Eventually.HoldsAsync(Long, async () => await SendAsync(user) is ['2', ..])));

    /// <summary>Until the mailbox takes mail and shows it: how long that takes.</summary>
    private async Task<TimeSpan> AnsweredAsync(int user)
    {
        var clock = Stopwatch.StartNew();
        await Eventually.HoldsAsync(Long, async () => await SendAsync(user) is ['2', ..]);
        await Eventually.HoldsAsync(Long, async () => await CountAsync(user) > 0);
        return clock.Elapsed;
    }

    private async Task<string> SendAsync(int user)
    {
        var marker = string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref sent)}");
        var gateway = user % 2 == 0 ? a : b;
        var reply = await Wire.SendAsync(gateway.Smtp, $"u{user}@acme.test", System.Text.Encoding.ASCII.GetBytes($"Subject: {marker}\r\n\r\nx\r\n"));
        if (reply is ['2', ..])
            accepted[marker] = user;
        return reply;
    }

    private async Task<int> CountAsync(int user)
    {
        using var client = await LineClient.ConnectAsync((user % 2 == 0 ? b : a).Pop3);
        await client.ReadLineAsync();
        await client.Pop3Async($"USER u{user}@acme.test");
        if (await client.Pop3Async("PASS secret") is not ['+', ..])
            return 0;
        var reply = await client.Pop3Async("STAT");
        await client.Pop3Async("QUIT");
        return reply is ['+', ..] ? int.Parse(reply.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>What got its 250 is in its mailbox once, at the latest when the queue has tried again.</summary>
    private async Task AssertNothingLostAsync()
    {
        var found = new ConcurrentDictionary<string, int>();
        await Eventually.HoldsAsync(Long, async () =>
        {
            found.Clear();
            foreach (var user in Enumerable.Range(0, Users))
            {
                if (await Wire.TryFetchAllAsync(a.Pop3, $"u{user}@acme.test") is not { } messages)
                    return false; // a session that broke may hold it for a minute
                foreach (var message in messages)
                    found.AddOrUpdate($"{message.Split("\r\n")[0]["Subject: ".Length..]} {user}", 1, static (_, count) => count + 1);
            }

            return accepted.All(each => found.ContainsKey($"{each.Key} {each.Value}"));
        });
        Assert.All(found, each => Assert.Equal(1, each.Value));
    }
}
