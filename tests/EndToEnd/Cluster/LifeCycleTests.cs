using System.Diagnostics;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>How long mailboxes are silent when silos die, and when they are replaced in good order.</summary>
public sealed class LifeCycleTests(ITestOutputHelper output)
{
    private const int Users = 24;

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Every_mailbox_answers_soon_after_a_silo_was_killed()
    {
        await using var cluster = await StartAsync();
        var probe = new MailboxProbe(cluster, 0, Users);
        using var end = new CancellationTokenSource();
        var running = probe.RunAsync(end.Token);
        await Task.Delay(Warm); // mailboxes are open on all silos

        await cluster.KillAsync(cluster.Silos[^1]);
        await Task.Delay(TimeSpan.FromSeconds(16));
        await end.CancelAsync();
        await running;

        output.WriteLine($"the longest silence of a mailbox was {probe.LongestSilence.TotalSeconds:F1} s");
        Assert.True(probe.FewestAnswers > 5);
        Assert.True(probe.LongestSilence < TimeSpan.FromSeconds(15), $"a mailbox was silent for {probe.LongestSilence}");
    }

    [Fact]
    public async Task Silos_are_replaced_one_by_one_under_load_without_loss()
    {
        await using var sink = new CountingSink();
        await using var cluster = await StartAsync($"--Relay:SmartHost={sink.Address}", "--CFG_MIN_QUEUE=0");
        var load = new ChaosLoad(cluster, Users / 2);
        var probe = new MailboxProbe(cluster, Users / 2, Users / 2); // whose mailboxes nobody else opens
        using var end = new CancellationTokenSource();
        var running = load.RunAsync(end.Token);
        var probing = probe.RunAsync(end.Token);
        await Task.Delay(Warm);

        foreach (var old in cluster.Silos)
        {
            await cluster.AddSiloAsync();
            Assert.Equal(0, await cluster.TerminateAsync(old));
        }

        await Task.Delay(Warm);
        await end.CancelAsync();
        await Task.WhenAll(running, probing);

        output.WriteLine($"{load.Accepted.Count} messages had their 250; {load.Temporary} temporary replies, {load.Broken} broken connections; the longest silence of a mailbox was {probe.LongestSilence.TotalSeconds:F1} s");
        Assert.Empty(load.Permanent);
        await sink.WaitForAsync(load.Accepted.Where(each => each.Value.EndsWith("@far.test", StringComparison.Ordinal)).Select(each => each.Key), TimeSpan.FromMinutes(2));
        Assert.True(probe.LongestSilence < TimeSpan.FromSeconds(5), $"a mailbox was silent for {probe.LongestSilence}");
    }

    [Fact]
    public async Task A_gateway_keeps_its_connections_while_silos_go()
    {
        await using var cluster = await StartAsync();
        using var client = await Wire.GreetAsync(cluster.Gateways[0].Smtp);
        foreach (var old in cluster.Silos)
        {
            await cluster.AddSiloAsync();
            await cluster.KillAsync(old);
        }

        var began = Stopwatch.GetTimestamp();
        string reply;
        while (!(reply = await Wire.SendAsync(client, ChaosLoad.User(0), "Subject: x\r\n\r\nx\r\n"u8.ToArray())).StartsWith("250 ", StringComparison.Ordinal))
        {
            Assert.StartsWith("4", reply, StringComparison.Ordinal);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), reply);
            await client.SmtpAsync("RSET");
        }
    }

    private static async Task<LocalCluster> StartAsync(params string[] settings)
    {
        var cluster = await LocalCluster.StartAsync(3, 2, settings);
        await ServerUnderTest.ManageAsync(cluster.Gateways[0].Management, [.. Enumerable.Range(0, Users).Select(n => $"USER ADD NAME=u{n} DOMAIN=acme.test PASS=secret")]);
        return cluster;
    }
}
