using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>
/// A silo and two gateways as processes whose way to the storage account is slow, cuts replies, and is busy at last: for
/// STORE_OUTAGE seconds (default 6; 60 by hand).
/// </summary>
[Collection(nameof(Processes))]
public sealed class BadStoreTests(ITestOutputHelper output)
{
    /// <summary>Longer no reply may take: two submissions of 10 s each, and the body before them.</summary>
    private static readonly TimeSpan LongestReply = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("STORE_OUTAGE"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 6);

    private readonly ConcurrentDictionary<string, string> accepted = new();
    private readonly ConcurrentQueue<string> refused = new();
    private long longest;
    private int numbers;

    [Fact]
    public async Task A_slow_a_cut_and_a_busy_store_are_time_or_451_and_nothing_is_lost_or_doubled()
    {
        await using var sink = new CountingSink();
        await using var cluster = await ProcessCluster.StartAsync(TestContext.Current.CancellationToken);
        await using var tables = new TcpProxy(cluster.Store.TablePort);
        await using var blobs = new TcpProxy(cluster.Store.BlobPort);
        cluster.Settings =
        [
            "--CFG_LOCALIP=127.0.0.1", "--CFG_MIN_QUEUE=0", $"--Relay:SmartHost={sink.Address}",
            $"--Storage:ConnectionString={cluster.Store.ConnectionStringAt(tables.Port, blobs.Port)}",
        ];
        await Task.WhenAll(cluster.StartSiloAsync(), cluster.StartGatewayAsync(), cluster.StartGatewayAsync());
        await ServerUnderTest.ManageAsync(cluster.Gateways[0].Management, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        await ServerUnderTest.ManageAsync(cluster.Gateways[1].Management, "DOMAIN MOD NAME=acme.test MAXUSERS=100"); // whoever changes a domain knows it

        tables.Delay = blobs.Delay = TimeSpan.FromMilliseconds(500);
        await SendAllAsync(cluster, 4);
        Assert.Empty(refused); // half a second only costs time
        tables.Delay = blobs.Delay = TimeSpan.Zero;

        for (var cut = 0; cut < 6; cut++)
        {
            tables.CutReplies(1);
            await SendAllAsync(cluster, 2);
        }

        tables.Instead = blobs.Instead = TcpProxy.Busy;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Outage;)
            await SendAllAsync(cluster, 2);
        tables.Instead = blobs.Instead = null;

        await Eventually.HoldsAsync(TimeSpan.FromSeconds(60), async () => await IsAcceptedAsync(cluster.Gateways[0]) && await IsAcceptedAsync(cluster.Gateways[1]));
        output.WriteLine($"{accepted.Count} had their 250, {refused.Count} a temporary reply; the longest reply took {LongestSoFar.TotalSeconds:F1} s");
        Assert.NotEmpty(refused);
        Assert.All(refused, static reply => Assert.StartsWith("4", reply, StringComparison.Ordinal));
        Assert.InRange(LongestSoFar, TimeSpan.Zero, LongestReply);
        await sink.WaitForAsync(accepted.Where(each => each.Value == "zoe@far.test").Select(each => each.Key), TimeSpan.FromMinutes(2));
        var found = (await Wire.FetchAllAsync(cluster.Gateways[0].Pop3, "mick@acme.test")).Select(ChaosLoad.SubjectOf).ToArray();
        Assert.Equal(found.Distinct(), found);
        Assert.Empty(accepted.Where(each => each.Value == "mick@acme.test").Select(each => each.Key).Except(found));
    }

    private TimeSpan LongestSoFar => Stopwatch.GetElapsedTime(0, Volatile.Read(ref longest));

    /// <summary>Some messages to each gateway, half of them for another host.</summary>
    private Task<string[]> SendAllAsync(ProcessCluster cluster, int each) => Task.WhenAll(
        cluster.Gateways.SelectMany(gateway => Enumerable.Range(0, each).Select(n => SendAsync(gateway, n % 2 == 0 ? "mick@acme.test" : "zoe@far.test"))));

    private async Task<bool> IsAcceptedAsync(ServerProcess gateway) => (await SendAsync(gateway, "mick@acme.test"))[0] == '2';

    private async Task<string> SendAsync(ServerProcess gateway, string to)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref numbers)}");
        var began = Stopwatch.GetTimestamp();
        var reply = await Wire.SendAsync(gateway.Smtp, to, Encoding.ASCII.GetBytes($"Subject: {subject}\r\n\r\nhello\r\n"));
        var took = Stopwatch.GetTimestamp() - began;
        for (var seen = Volatile.Read(ref longest); took > seen && Interlocked.CompareExchange(ref longest, took, seen) != seen;)
            seen = Volatile.Read(ref longest);
        if (reply[0] == '2')
            accepted[subject] = to;
        else
            refused.Enqueue(reply);
        return reply;
    }
}
