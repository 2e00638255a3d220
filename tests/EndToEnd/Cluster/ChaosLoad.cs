using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>
/// Mail in, mail out, POP3 and management at the gateways of a cluster whose parts die, and a record of what was
/// promised: a message is sent once, so what got its 250 must be somewhere exactly once.
/// </summary>
public sealed class ChaosLoad(ProcessCluster cluster, int users)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, string> accepted = new();
    private readonly ConcurrentDictionary<string, bool> fetched = new();
    private readonly ConcurrentDictionary<string, bool> maybeFetched = new();
    private readonly ConcurrentDictionary<string, long> lockedSince = new();
    private long numbers;
    private int temporary;
    private int broken;
    private long longestLock;

    /// <summary>Subject and recipient of each message that got its 250.</summary>
    public IReadOnlyDictionary<string, string> Accepted => accepted;

    /// <summary>Messages that were fetched and deleted by a QUIT that was answered.</summary>
    public ICollection<string> Fetched => fetched.Keys;

    /// <summary>Those whose QUIT was not answered: they are there still, or not.</summary>
    public ICollection<string> MaybeFetched => maybeFetched.Keys;

    /// <summary>Replies 4xx and ER.</summary>
    public int Temporary => temporary;

    /// <summary>Connections that broke.</summary>
    public int Broken => broken;

    /// <summary>Replies that no client may ever see: 5xx.</summary>
    public ConcurrentQueue<string> Permanent { get; } = new();

    /// <summary>The longest time for which a mailbox that nobody had open was refused as locked.</summary>
    public TimeSpan LongestLock => Stopwatch.GetElapsedTime(0, longestLock);

    public static string User(int number) => string.Create(CultureInfo.InvariantCulture, $"u{number}@acme.test");

    /// <summary>All of it, until the token ends it.</summary>
    public Task RunAsync(CancellationToken end) => Task.WhenAll(
    [
        .. Enumerable.Range(0, 6).Select(n => RepeatAsync(n, gateway => SendAsync(gateway.Smtp, n, end), end)),
        .. Enumerable.Range(0, 2).Select(n => RepeatAsync(n, gateway => FetchAsync(gateway.Pop3, n, end), end)),
        RepeatAsync(0, gateway => ManageAsync(gateway.Management, end), end),
    ]);

    private async Task RepeatAsync(int number, Func<ServerProcess, Task> work, CancellationToken end)
    {
        for (var round = number; !end.IsCancellationRequested; round++)
        {
            try
            {
                var gateways = cluster.Gateways;
                if (gateways.Count > 0)
                    await work(gateways[round % gateways.Count]);
            }
            catch (Exception exception) when (exception is IOException or SocketException or TimeoutException)
            {
                Interlocked.Increment(ref broken); // a gateway was killed, or the cluster was away
            }

            await Task.Delay(Patience, CancellationToken.None);
        }
    }

    private async Task SendAsync(IPEndPoint smtp, int sender, CancellationToken end)
    {
        using var client = await LineClient.ConnectAsync(smtp);
        if (!IsFine(await client.SmtpReplyAsync()) || !IsFine(await client.SmtpAsync("EHLO client.test")))
            return;
        for (var i = 0; i < 50 && !end.IsCancellationRequested; i++)
        {
            var number = Interlocked.Increment(ref numbers);
            var subject = string.Create(CultureInfo.InvariantCulture, $"m{number}");
            var recipient = number % 4 == 0 ? $"{subject}@far.test" : User((int)(number % users));
            var size = number % 50 == 7 ? 150_000 : 2_000;
            var message = Encoding.ASCII.GetBytes($"Subject: {subject}\r\n\r\n{new string('x', size)}\r\n");
            if (!IsFine(await Wire.SendAsync(client, recipient, message)))
                return;
            accepted[subject] = recipient;
            await Task.Delay(10 + (10 * sender), CancellationToken.None); // a mixed load, not the fastest
        }

        await client.SmtpAsync("QUIT");
    }

    private async Task FetchAsync(IPEndPoint pop3, int reader, CancellationToken end)
    {
        // Each reader has mailboxes of its own: whoever finds one locked found a session that is no more.
        var user = User((reader * users / 2) + Random.Shared.Next(users / 2));
        using var client = await LineClient.ConnectAsync(pop3);
        await client.ReadLineAsync();
        await client.Pop3Async($"USER {user}");
        var reply = await client.Pop3Async("PASS secret");
        if (!reply.StartsWith("+OK", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref temporary);
            if (reply.Contains("[IN-USE]", StringComparison.Ordinal))
                RaiseLongestLock(Stopwatch.GetTimestamp() - lockedSince.GetOrAdd(user, _ => Stopwatch.GetTimestamp()));
            return;
        }

        lockedSince.TryRemove(user, out _);
        var subjects = new List<string>();
        var count = int.Parse((await client.Pop3Async("STAT")).Split(' ')[1], CultureInfo.InvariantCulture);
        for (var n = 1; n <= Math.Min(count, 30) && !end.IsCancellationRequested; n++)
        {
            if (!(await client.Pop3Async($"RETR {n}")).StartsWith("+OK", StringComparison.Ordinal))
                break;
            var subject = SubjectOf(await client.Pop3BodyAsync());
            if (!(await client.Pop3Async($"DELE {n}")).StartsWith("+OK", StringComparison.Ordinal))
                break;
            subjects.Add(subject);
        }

        subjects.ForEach(subject => maybeFetched[subject] = true);
        if (!(await client.Pop3Async("QUIT")).StartsWith("+OK", StringComparison.Ordinal))
            return; // it says that some were not removed, not which
        foreach (var subject in subjects)
        {
            fetched[subject] = true;
            maybeFetched.TryRemove(subject, out _);
        }
    }

    private async Task ManageAsync(IPEndPoint management, CancellationToken end)
    {
        using var client = await LineClient.ConnectAsync(management);
        await client.ManageReplyAsync();
        foreach (var command in (string[])["LOGIN system", $"USER ADD NAME=n{Interlocked.Increment(ref numbers)} DOMAIN=acme.test PASS=secret", "STATUS", "CONN SHOW ALL", "QUEUE SHOW DOMAIN=far.test", "DOMAIN SHOW ALL"])
        {
            if (end.IsCancellationRequested)
                return;
            if ((await client.ManageAsync(command))[^1].StartsWith("ER", StringComparison.Ordinal))
                Interlocked.Increment(ref temporary);
        }
    }

    public static string SubjectOf(string message) =>
        message.Split("\r\n").First(line => line.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..];

    private bool IsFine(string reply)
    {
        if (reply[0] is '2' or '3')
            return true;
        if (reply[0] == '5')
            Permanent.Enqueue(reply);
        Interlocked.Increment(ref temporary);
        return false;
    }

    private void RaiseLongestLock(long ticks)
    {
        for (var seen = Volatile.Read(ref longestLock); ticks > seen; seen = Volatile.Read(ref longestLock))
        {
            if (Interlocked.CompareExchange(ref longestLock, ticks, seen) == seen)
                return;
        }
    }
}
