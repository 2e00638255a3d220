using System.Diagnostics;
using System.Globalization;
using System.Net;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>
/// Silos and gateways are killed at random under mixed load, the store is stopped and held: nothing that got its 250 is
/// lost, and nothing local comes twice. CHAOS_KILLS says how often (default 3; 30 is ten minutes), CHAOS_SEED repeats a run.
/// </summary>
[Collection(nameof(Processes))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Users = 12;

    // Of a mailbox whose gateway died; while the store is away nobody can open it either.
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Setting("CHAOS_OUTAGE", 6)); // 15 by hand

    private static readonly int Kills = Setting("CHAOS_KILLS", 3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(Setting("CHAOS_PAUSE", 6)); // 20 by hand

    [Fact]
    public async Task Nothing_that_was_accepted_is_lost_or_doubled_whoever_dies()
    {
        await using var sink = new CountingSink();
        await using var cluster = await ProcessCluster.StartAsync(silos: 3, Users, $"--Relay:SmartHost={sink.Address}", "--CFG_MIN_QUEUE=0");
        var load = new ChaosLoad(cluster, Users);
        using var end = new CancellationTokenSource();
        var running = load.RunAsync(end.Token);

        await KillAsync(cluster);
        await end.CancelAsync();
        await running;

        var gateway = cluster.Gateways[0];
        output.WriteLine($"{load.Accepted.Count} messages had their 250; {load.Temporary} temporary replies, {load.Broken} broken connections, longest lock {load.LongestLock.TotalSeconds:F1} s");
        Assert.True(load.Accepted.Count > 100, "hardly anything was accepted");
        Assert.Empty(load.Permanent);
        await ServerUnderTest.ManageAsync(gateway.Management, "QUEUE RESEND ALL"); // whose answer a kill cut off waits for its next attempt
        await sink.WaitForAsync(load.Accepted.Where(each => each.Value.EndsWith("@far.test", StringComparison.Ordinal)).Select(each => each.Key), TimeSpan.FromMinutes(4));
        await UntilQueueIsEmptyAsync(gateway.Management);

        var found = await ReadMailboxesAsync(gateway.Pop3);
        var local = load.Accepted.Where(each => !each.Value.EndsWith("@far.test", StringComparison.Ordinal)).Select(each => each.Key).ToArray();
        var gone = load.Fetched.ToHashSet();
        var unsure = load.MaybeFetched.ToHashSet();
        Assert.DoesNotContain(local, subject => !gone.Contains(subject) && !unsure.Contains(subject) && !found.ContainsKey(subject));
        Assert.DoesNotContain(found, each => each.Value > 1 || gone.Contains(each.Key));
        Assert.True(load.LongestLock < LeaseTime + Outage, $"a mailbox was locked for {load.LongestLock}");
        var repeated = sink.Arrivals.Count(each => each.Value.Count > 1);
        output.WriteLine($"{local.Length} for mailboxes, {sink.Arrivals.Count} at the other host, {repeated} of them more than once; {unsure.Count} deletions unsure");
        output.WriteLine(string.Join(' ', await ServerUnderTest.ManageAsync(gateway.Management, "STORE SWEEP")));
    }

    private async Task KillAsync(ProcessCluster cluster)
    {
        var seed = Setting("CHAOS_SEED", 1);
        var random = new Random(seed);
        output.WriteLine($"seed {seed}, {Kills} kills");
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(Pause); // the load runs: that is the test
            var number = random.Next(5);
            output.WriteLine($"kill {kill}: {(number < 3 ? "silo" : "gateway")} {number % 3}");
            await cluster.KillAsync(number < 3 ? cluster.Silos[number] : cluster.Gateways[number - 3]);
            await (number < 3 ? cluster.StartSiloAsync() : cluster.StartGatewayAsync());
            await TroubleStoreAsync(cluster, kill);
        }

        await Task.Delay(Pause);
    }

    // Twice it is stopped, once it is held: after a quarter, at the middle and after three quarters of the kills.
    private async Task TroubleStoreAsync(ProcessCluster cluster, int kill)
    {
        if (kill == Kills / 4 || kill == 3 * Kills / 4)
        {
            output.WriteLine("the store is away");
            await cluster.Store.StopAsync();
            await Task.Delay(Outage);
            await cluster.Store.RestartAsync(TestContext.Current.CancellationToken);
        }
        else if (kill == Kills / 2)
        {
            output.WriteLine("the store is held");
            cluster.Store.Pause();
            await Task.Delay(Outage);
            cluster.Store.Resume();
        }
    }

    private static async Task<Dictionary<string, int>> ReadMailboxesAsync(IPEndPoint pop3)
    {
        var found = new Dictionary<string, int>();
        for (var user = 0; user < Users; user++)
        {
            foreach (var message in await FetchAsync(pop3, ChaosLoad.User(user)))
            {
                var subject = ChaosLoad.SubjectOf(message);
                found[subject] = found.GetValueOrDefault(subject) + 1;
            }
        }

        return found;
    }

    // A session that died may hold its lock for a minute at most.
    private static async Task<IReadOnlyList<string>> FetchAsync(IPEndPoint pop3, string user)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            using var client = await LineClient.ConnectAsync(pop3);
            await client.ReadLineAsync();
            await client.Pop3Async($"USER {user}");
            var reply = await client.Pop3Async("PASS secret");
            if (reply.StartsWith("+OK", StringComparison.Ordinal))
                return await ReadAllAsync(client);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), $"{user}: {reply}");
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAllAsync(LineClient client)
    {
        var count = int.Parse((await client.Pop3Async("STAT")).Split(' ')[1], CultureInfo.InvariantCulture);
        var messages = new List<string>(count);
        for (var number = 1; number <= count; number++)
        {
            Assert.StartsWith("+OK", await client.Pop3Async($"RETR {number}"), StringComparison.Ordinal);
            messages.Add(await client.Pop3BodyAsync());
        }

        await client.Pop3Async("QUIT");
        return messages;
    }

    private static async Task UntilQueueIsEmptyAsync(IPEndPoint management)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(500)))
        {
            var shown = await ServerUnderTest.ManageAsync(management, "QUEUE SHOW ALL");
            if (shown is ["OK0800 0 listed"])
                return;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3), $"the queue is not empty: {string.Join("; ", shown)}");
        }
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
