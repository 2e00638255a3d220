using System.Diagnostics;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>All silos are replaced one by one, in good order, under load. How long a mailbox was silent meanwhile is printed: it is the machine's business, too.</summary>
[Collection(nameof(Processes))]
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int Users = 24;

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Silos_are_replaced_one_by_one_under_load_without_loss()
    {
        await using var sink = new CountingSink();
        await using var cluster = await ProcessCluster.StartAsync(silos: 3, Users, $"--Relay:SmartHost={sink.Address}", "--CFG_MIN_QUEUE=0");
        var load = new ChaosLoad(cluster, Users / 2);
        var probe = new MailboxProbe(cluster, Users / 2, Users / 2); // whose mailboxes nobody else opens
        using var end = new CancellationTokenSource();
        var running = load.RunAsync(end.Token);
        var probing = probe.RunAsync(end.Token);
        await Task.Delay(Warm); // the load runs: that is the test

        foreach (var old in cluster.Silos)
        {
            await cluster.StartSiloAsync();
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(0, await cluster.TerminateAsync(old));
            output.WriteLine($"a silo ended within {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        }

        await Task.Delay(Warm);
        await end.CancelAsync();
        await Task.WhenAll(running, probing);

        output.WriteLine($"{load.Accepted.Count} messages had their 250; {load.Temporary} temporary replies, {load.Broken} broken connections; the longest silence of a mailbox was {probe.LongestSilence.TotalSeconds:F1} s");
        output.WriteLine(string.Join('\n', probe.Reasons));
        Assert.Empty(load.Permanent);
        await sink.WaitForAsync(load.Accepted.Where(each => each.Value.EndsWith("@far.test", StringComparison.Ordinal)).Select(each => each.Key), TimeSpan.FromMinutes(4));
        Assert.True(probe.FewestAnswers > 5);
    }
}
