using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Opens mailboxes again and again, and remembers for how long one did not answer.</summary>
/// <param name="cluster">Where.</param>
/// <param name="first">The number of the first user.</param>
/// <param name="users">How many.</param>
public sealed class MailboxProbe(ProcessCluster cluster, int first, int users)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly long[] longest = new long[users];
    private readonly int[] answers = new int[users];
    private readonly ConcurrentDictionary<string, int> reasons = new();

    /// <summary>The longest time between two answers of a mailbox.</summary>
    public TimeSpan LongestSilence => Stopwatch.GetElapsedTime(0, longest.Max());

    /// <summary>Why mailboxes did not answer, and how often.</summary>
    public IEnumerable<string> Reasons => reasons.OrderByDescending(each => each.Value).Select(each => $"{each.Value} x {each.Key}");

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

    private async Task<bool> OpensAsync(ServerProcess gateway, string user)
    {
        try
        {
            using var client = await LineClient.ConnectAsync(gateway.Pop3);
            await client.ReadLineAsync();
            foreach (var command in (string[])[$"USER {user}", "PASS secret", "STAT"])
            {
                var reply = await client.Pop3Async(command);
                if (!reply.StartsWith("+OK", StringComparison.Ordinal))
                    return Fails($"{command}: {reply}");
            }

            await client.Pop3Async("QUIT");
            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException or TimeoutException)
        {
            return Fails(exception.Message);
        }
    }

    private bool Fails(string reason)
    {
        reasons.AddOrUpdate(reason, 1, static (_, times) => times + 1);
        return false;
    }
}
