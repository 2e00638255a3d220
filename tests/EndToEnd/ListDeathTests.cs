using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Storage;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.EndToEnd;

/// <summary>
/// kill -9 while a list sends a post: every mailbox gets it exactly once, and it waits once for every remote member.
/// LIST_MAILBOXES, LIST_ALIASES and LIST_REMOTES say how many members there are (defaults 40, 600 and 2,000; by hand 1,000, 5,000
/// and 99,000), LIST_KILLS how often it is killed (default 2; 0 measures), KILL_SEED repeats a run.
/// </summary>
[Collection(nameof(Processes))]
public sealed class ListDeathTests
{
    private const int Connections = 16;

    /// <summary>How long the last member may wait: an attempt that a kill cut off is made again after a minute.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly int Mailboxes = Setting("LIST_MAILBOXES", 40);
    private static readonly int Aliases = Setting("LIST_ALIASES", 600);
    private static readonly int Remotes = Setting("LIST_REMOTES", 2000);

    [Fact]
    public async Task A_post_survives_kill_9_and_reaches_each_member_exactly_once()
    {
        var random = new Random(Setting("KILL_SEED", 1));
        using var folder = new TemporaryFolder();
        await CreateListAsync(folder.Path);
        var kills = Setting("LIST_KILLS", 2);
        var server = await ServerProcess.StartAsync(folder.Path);
        try
        {
            await Wire.SendAsync(server.Smtp, "warm@acme.test", "Subject: a first one\r\n\r\n"u8.ToArray());
            var before = server.PeakMemory;
            var posted = Stopwatch.StartNew();
            Assert.StartsWith("250 ", await Wire.SendAsync(server.Smtp, "staff@acme.test", "Subject: x\r\n\r\nhello\r\n"u8.ToArray()), StringComparison.Ordinal);
            Say($"250 after {posted.ElapsedMilliseconds} ms of the connection");
            for (var kill = 0; kill < kills; kill++)
            {
                await Task.Delay(random.Next(20, 600)); // the random moment itself, not a wait for something to happen
                await server.KillAsync();
                server.Dispose();
                server = await ServerProcess.StartAsync(folder.Path);
            }

            // The members are served in the order of their addresses: this one is the last.
            while (await CountAsync(server.Pop3, "zoe") == 0)
            {
                Assert.True(posted.Elapsed < Limit, $"the last member has waited for {Limit}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            }

            Say($"the last member after {posted.Elapsed}, {(server.PeakMemory - before) >> 20} MB more memory");
            for (var i = 0; i < Mailboxes; i++)
                Assert.Equal(1, await CountAsync(server.Pop3, $"m{i}"));
            Assert.Equal(1, await CountAsync(server.Pop3, "zoe"));
            Assert.Equal(0, await server.TerminateAsync());
        }
        finally
        {
            server.Dispose();
        }

        Assert.Equal(Remotes, await CountQueuedAsync(folder.Path));
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static async Task CreateListAsync(string folder)
    {
        using var server = await ServerProcess.StartAsync(folder);
        await ServerUnderTest.ManageAsync(
            server.Management,
            "DOMAIN ADD NAME=acme.test",
            "MLIST ADD NAME=staff DOMAIN=acme.test ACCESS=1",
            "USER ADD NAME=warm DOMAIN=acme.test PASS=secret",
            "USER ADD NAME=zoe DOMAIN=acme.test PASS=secret",
            "MLISTUSER ADD MAILBOX=zoe@acme.test MLISTNAME=staff MLISTDOMAIN=acme.test");
        await ManageAsync(server.Management, Mailboxes, i => [$"USER ADD NAME=m{i} DOMAIN=acme.test PASS=secret", Member($"m{i}@acme.test")]);
        await ManageAsync(server.Management, Aliases, i => [$"ALIAS ADD NAME=n{i} DOMAIN=acme.test FORWARD=m{i % Mailboxes}@acme.test", Member($"n{i}@acme.test")]);
        await ManageAsync(server.Management, Remotes, i => [Member($"a{i}@far{i % 200}.test")]);
        Assert.Equal(0, await server.TerminateAsync());
    }

    private static string Member(string address) => $"MLISTUSER ADD MAILBOX={address} MLISTNAME=staff MLISTDOMAIN=acme.test";

    private static async Task ManageAsync(IPEndPoint management, int count, Func<int, string[]> commands) =>
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(lane =>
            ServerUnderTest.ManageAsync(management, [.. Enumerable.Range(0, count).Where(i => i % Connections == lane).SelectMany(commands)])));

    private static async Task<int> CountAsync(IPEndPoint pop3, string user)
    {
        using var client = await LineClient.ConnectAsync(pop3);
        await client.ReadLineAsync();
        await client.Pop3Async($"USER {user}@acme.test");
        Assert.StartsWith("+OK", await client.Pop3Async("PASS secret"), StringComparison.Ordinal);
        var count = int.Parse((await client.Pop3Async("STAT")).Split(' ')[1], CultureInfo.InvariantCulture);
        await client.Pop3Async("QUIT");
        return count;
    }

    /// <summary>The entries of the queue for other hosts: an entry's key names its message and its recipient.</summary>
    private static async Task<int> CountQueuedAsync(string folder)
    {
        await using var services = new ServiceCollection().AddSqliteStore(options => options.Path = folder).BuildServiceProvider();
        var rows = services.GetRequiredService<IRowStore>();
        var count = 0;
        for (var shard = 0; shard < QueueKeys.PartitionCount; shard++)
        {
            for (RowRange? rest = RowRange.Prefix(QueueKeys.Partition(shard), QueueKeys.Entries + "far"); rest is { } range;)
            {
                var page = await rows.ScanAsync(range, StoreLimits.PageRows, CancellationToken.None);
                count += page.Rows.Count;
                rest = page.Next;
            }
        }

        return count;
    }
}
