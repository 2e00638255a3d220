using System.Diagnostics;
using System.Net.Sockets;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Opens mailboxes again and again, and remembers for how long one did not answer.</summary>
/// <param name="cluster">Where.</param>
/// <param name="first">The number of the first user.</param>
/// <param name="users">How many.</param>
public sealed class MailboxProbe(LocalCluster cluster, int first, int users)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly long[] longest = new long[users];
    private readonly int[] answers = new int[users];

    /// <summary>The longest time between two answers of a mailbox.</summary>
    public TimeSpan LongestSilence => Stopwatch.GetElapsedTime(0, longest.Max());

    /// <summary>The fewest answers that a mailbox gave.</summary>
    public int FewestAnswers => answers.Min();

    public Task RunAsync(CancellationToken end) => Task.WhenAll(Enumerable.Range(0, users).Select(user => ProbeAsync(user, end)));

    private async Task ProbeAsync(int user, CancellationToken end)
    {
        var last = Stopwatch.GetTimestamp();
        for (var round = user; ; round++)
        {
            var isOver = end.IsCancellationRequested; // the last silence counts, too
            var gateways = cluster.Gateways;
            var answered = gateways.Count > 0 && await OpensAsync(gateways[round % gateways.Count], ChaosLoad.User(first + user));
            var now = Stopwatch.GetTimestamp();
            longest[user] = Math.Max(longest[user], now - last);
            if (answered)
            {
                last = now;
                answers[user]++;
            }

            if (isOver)
                return;
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private static async Task<bool> OpensAsync(ClusterProcess gateway, string user)
    {
        try
        {
            using var client = await LineClient.ConnectAsync(gateway.Pop3);
            await client.ReadLineAsync();
            await client.Pop3Async($"USER {user}");
            if (!(await client.Pop3Async("PASS secret")).StartsWith("+OK", StringComparison.Ordinal))
                return false;
            var opened = (await client.Pop3Async("STAT")).StartsWith("+OK", StringComparison.Ordinal);
            await client.Pop3Async("QUIT");
            return opened;
        }
        catch (Exception exception) when (exception is IOException or SocketException or TimeoutException)
        {
            return false;
        }
    }
}
