using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>
/// kill -9 at random moments while mail comes and leaves: whatever got its 250 arrives at the other host, and comes twice
/// only when the kill cut off the other host's reply. KILLS says how often (default 3; 30 by hand), KILL_SEED repeats a run.
/// </summary>
[Collection(nameof(Processes))]
public sealed class OutboundDeathTests(ITestOutputHelper output)
{
    private const int Senders = 8;

    // A reply that came so long before a kill must have been written down.
    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(1.5);

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    [Fact]
    public async Task Every_message_that_got_its_250_leaves_once_whatever_dies()
    {
        var random = new Random(Setting("KILL_SEED", 1));
        using var folder = new TemporaryFolder();
        await using var sink = new CountingSink();
        string[] settings = [$"--Relay:SmartHost={sink.Address}", "--CFG_MIN_QUEUE=0"];
        var accepted = new ConcurrentDictionary<string, bool>();
        var deaths = new List<long>();

        for (var kill = 0; kill < Setting("KILLS", 3); kill++)
        {
            using var server = await ServerProcess.StartWithAsync(folder.Path, settings);
            var load = Enumerable.Range(0, Senders).Select(sender => SendUntilBrokenAsync(server.Smtp, $"{kill}.{sender}", accepted)).ToArray();
            await Task.Delay(random.Next(100, 1500)); // the random moment itself, not a wait for something to happen
            deaths.Add(Stopwatch.GetTimestamp());
            await server.KillAsync();
            await Task.WhenAll(load);
        }

        using var survivor = await ServerProcess.StartWithAsync(folder.Path, settings);
        await sink.WaitForAsync(accepted.Keys, TimeSpan.FromMinutes(4));

        var repeated = sink.Arrivals.Where(each => each.Value.Count > 1).ToArray();
        output.WriteLine($"{accepted.Count} messages had their 250, {sink.Arrivals.Count} arrived, {repeated.Length} of them more than once");
        Assert.NotEmpty(accepted);
        Assert.All(repeated, each => Assert.All(each.Value.SkipLast(1), arrival => Assert.Contains(
            deaths, death => death >= arrival - Stopwatch.Frequency && Stopwatch.GetElapsedTime(arrival, death) < InFlight)));
        await ServerUnderTest.ManageAsync(survivor.Management, "QUEUE RESEND ALL"); // whose answer the last kill cut off waits for its next attempt
        await UntilQueueIsEmptyAsync(survivor.Management);
        Assert.Equal(0, await survivor.TerminateAsync());
    }

    private static async Task UntilQueueIsEmptyAsync(IPEndPoint management)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var started = Stopwatch.GetTimestamp(); ; await timer.WaitForNextTickAsync())
        {
            var shown = await ServerUnderTest.ManageAsync(management, "QUEUE SHOW ALL");
            if (shown is ["OK0800 0 listed"])
                return;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(90), $"the queue is not empty: {string.Join("; ", shown)}");
        }
    }

    private static async Task SendUntilBrokenAsync(IPEndPoint smtp, string sender, ConcurrentDictionary<string, bool> accepted)
    {
        try
        {
            using var client = await Wire.GreetAsync(smtp);
            for (var number = 0; ; number++)
            {
                var marker = $"{sender}.{number}";
                var message = Encoding.ASCII.GetBytes($"Subject: {marker}\r\n\r\n{new string('x', marker.EndsWith('7') ? 150_000 : 3_000)}\r\n");
                if ((await Wire.SendAsync(client, $"{marker}@far.test", message)).StartsWith("250 ", StringComparison.Ordinal))
                    accepted[marker] = true;
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The server was killed: that is the test.
        }
    }
}
