using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>
/// kill -9 at random moments under load: whatever got its 250 is in its mailbox exactly once, octet for octet. KILLS says
/// how often (default 3; 50 by hand), KILL_SEED repeats a run.
/// </summary>
[Collection(nameof(Processes))]
public sealed class ProcessDeathTests
{
    private const int Users = 8;
    private const int Senders = 8;

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    [Fact]
    public async Task Every_message_that_got_its_250_survives_kill_9_exactly_once()
    {
        var random = new Random(Setting("KILL_SEED", 1));
        using var folder = new TemporaryFolder();
        var accepted = new ConcurrentDictionary<string, int>(); // marker -> user
        await CreateUsersAsync(folder.Path);

        for (var kill = 0; kill < Setting("KILLS", 3); kill++)
        {
            using var server = await ServerProcess.StartAsync(folder.Path);
            var load = Enumerable.Range(0, Senders).Select(sender => SendUntilBrokenAsync(server.Smtp, $"{kill}.{sender}", accepted)).ToArray();
            await Task.Delay(random.Next(100, 1500)); // the random moment itself, not a wait for something to happen
            await server.KillAsync();
            await Task.WhenAll(load);
        }

        using var survivor = await ServerProcess.StartAsync(folder.Path);
        var found = await ReadMarkersAsync(survivor.Pop3);
        Assert.NotEmpty(accepted);
        Assert.DoesNotContain(accepted, each => found.GetValueOrDefault(each.Key) is not [var user] || user != each.Value);
        Assert.All(found, each => Assert.Single(each.Value));

        var sweep = await ServerUnderTest.ManageAsync(survivor.Management, "STORE SWEEP");
        Assert.Contains("Orphans:\t0", sweep);
        Assert.Equal(0, await survivor.TerminateAsync());
    }

    private static async Task CreateUsersAsync(string folder)
    {
        using var server = await ServerProcess.StartAsync(folder);
        var users = Enumerable.Range(0, Users).Select(user => $"USER ADD NAME=u{user} DOMAIN=acme.test PASS=secret");
        await ServerUnderTest.ManageAsync(server.Management, ["DOMAIN ADD NAME=acme.test", .. users]);
        Assert.Equal(0, await server.TerminateAsync());
    }

    private static async Task SendUntilBrokenAsync(IPEndPoint smtp, string sender, ConcurrentDictionary<string, int> accepted)
    {
        try
        {
            using var client = await Wire.GreetAsync(smtp);
            for (var number = 0; ; number++)
            {
                var user = number % Users;
                var marker = $"{sender}.{number}";
                if ((await Wire.SendAsync(client, $"u{user}@acme.test", MessageOf(marker))).StartsWith("250 ", StringComparison.Ordinal))
                    accepted[marker] = user;
            }
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            // The server was killed: that is the test.
        }
    }

    // Sizes on both sides of the threshold between bodies in rows and bodies in files; the text follows from the marker.
    private static byte[] MessageOf(string marker)
    {
        var length = marker.EndsWith('7') ? 200_000 : 3_000;
        return Encoding.ASCII.GetBytes($"Subject: {marker}\r\n\r\n{Filler(marker, length)}\r\n");
    }

    private static string Filler(string marker, int length) =>
        string.Join("\r\n", Enumerable.Repeat(string.Join('/', Enumerable.Repeat(marker, 8)), length / (marker.Length * 8)));

    private static async Task<Dictionary<string, List<int>>> ReadMarkersAsync(IPEndPoint pop3)
    {
        var found = new Dictionary<string, List<int>>();
        for (var user = 0; user < Users; user++)
        {
            foreach (var message in await Wire.FetchAllAsync(pop3, $"u{user}@acme.test"))
            {
                var marker = message["Subject: ".Length..message.IndexOf('\r', StringComparison.Ordinal)];
                Assert.Equal(Encoding.ASCII.GetString(MessageOf(marker)), message);
                if (!found.TryGetValue(marker, out var users))
                    found[marker] = users = [];
                users.Add(user);
            }
        }

        return found;
    }
}
