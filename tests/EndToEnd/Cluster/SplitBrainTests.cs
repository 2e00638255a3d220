using System.Globalization;
using System.Text;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>
/// Two halves of a cluster that do not know each other: over one store every mailbox, name and queue has two activations,
/// each of which takes itself for the only one, as a silo does that was voted out and has not noticed.
/// </summary>
public sealed class SplitBrainTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Senders = 4;
    private const int PerSender = 15;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly SharedStore store = new();
    private readonly CountingSink sink = new();
    private GatewayServer[] halves = [];

    public async ValueTask InitializeAsync()
    {
        string[] names = ["one", "two"];
        await Task.WhenAll(names.Select(name => store.StartSiloAsync(SettingsOf(name))));
        halves = await Task.WhenAll(names.Select(name => store.StartGatewayAsync(SettingsOf(name))));
        await ManageAsync(
            halves[0], "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret", "USER ADD NAME=eva DOMAIN=acme.test PASS=secret",
            "MLIST ADD NAME=crew DOMAIN=acme.test ACCESS=1", "MLISTUSER ADD MAILBOX=eva@acme.test MLISTNAME=crew MLISTDOMAIN=acme.test");
        await ManageAsync(halves[1], "DOMAIN MOD NAME=acme.test MAXUSERS=100"); // nobody tells it of the domain: whoever changes one knows it
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task Both_halves_take_mail_and_nothing_is_lost_or_doubled()
    {
        var accepted = (await Task.WhenAll(Enumerable.Range(0, Senders).Select(SendAllAsync))).SelectMany(each => each).ToLookup(each => each.To, each => each.Subject);

        Assert.Equal(Senders * PerSender, accepted.Sum(each => each.Count()));
        await sink.WaitForAsync(accepted["zoe@far.test"], Soon);
        foreach (var half in halves)
            await Eventually.HoldsAsync(Soon, async () => (await ManageAsync(half, "QUEUE SHOW ALL"))[^1] == "OK0800 0 listed");
        await HasEachOnceAsync("mick", accepted["mick@acme.test"]);
        await HasEachOnceAsync("eva", accepted["crew@acme.test"]);
        output.WriteLine($"{sink.Arrivals.Count} at the other host, {sink.Arrivals.Count(each => each.Value.Count > 1)} of them more than once");
    }

    [Fact]
    public async Task Of_two_sessions_that_both_have_the_mailbox_one_deletes_and_the_other_is_refused()
    {
        for (var number = 0; number < 6; number++)
            Assert.StartsWith("250", await SendAsync(halves[number % 2], "mick@acme.test", string.Create(CultureInfo.InvariantCulture, $"m{number}")), StringComparison.Ordinal);
        using var first = await LoginAsync(halves[0]); // it does not know of the last message
        using var second = await LoginAsync(halves[1]);
        foreach (var (client, numbers) in new[] { (first, (int[])[1, 2, 3, 4]), (second, [3, 4, 5, 6]) })
        {
            foreach (var number in numbers)
                Assert.StartsWith("+OK", await client.Pop3Async(string.Create(CultureInfo.InvariantCulture, $"DELE {number}")), StringComparison.Ordinal);
        }

        string[] goodbyes = await Task.WhenAll(first.Pop3Async("QUIT"), second.Pop3Async("QUIT"));

        Assert.Single(goodbyes, reply => reply.StartsWith("+OK", StringComparison.Ordinal));
        Assert.Single(goodbyes, reply => reply.StartsWith("-ERR", StringComparison.Ordinal));
        string[] left = goodbyes[0][0] == '+' ? ["m4", "m5"] : ["m0", "m1"];
        foreach (var half in halves)
        {
            var found = await Wire.FetchAllAsync(half.Endpoint("pop3"), "mick@acme.test");
            Assert.Equal(left, found.Select(ChaosLoad.SubjectOf));
        }
    }

    private static Task<IReadOnlyList<string>> ManageAsync(GatewayServer gateway, params string[] commands) =>
        ServerUnderTest.ManageAsync(gateway.Endpoint("management"), commands);

    private static Task<string> SendAsync(GatewayServer gateway, string to, string subject) =>
        Wire.SendAsync(gateway.Endpoint("smtp"), to, Encoding.ASCII.GetBytes($"Subject: {subject}\r\n\r\nhello\r\n"));

    private static async Task<LineClient> LoginAsync(GatewayServer gateway)
    {
        var client = await LineClient.ConnectAsync(gateway.Endpoint("pop3"));
        await client.ReadLineAsync();
        await client.Pop3Async("USER mick@acme.test");
        Assert.StartsWith("+OK", await client.Pop3Async("PASS secret"), StringComparison.Ordinal);
        return client;
    }

    // A half does not know of what the other delivered last. One that was answered with 451 may be there, too.
    private async Task HasEachOnceAsync(string user, IEnumerable<string> accepted)
    {
        var known = new HashSet<string>();
        foreach (var half in halves)
        {
            var found = (await Wire.FetchAllAsync(half.Endpoint("pop3"), $"{user}@acme.test")).Select(ChaosLoad.SubjectOf).ToArray();
            Assert.Equal(found.Distinct(), found);
            known.UnionWith(found);
        }

        Assert.Empty(accepted.Except(known));
    }

    // A client that hears 451 sends it again, and that is another message.
    private async Task<List<(string To, string Subject)>> SendAllAsync(int sender)
    {
        var accepted = new List<(string, string)>();
        for (var number = 0; accepted.Count < PerSender; number++)
        {
            var to = (accepted.Count % 3) switch { 0 => "mick@acme.test", 1 => "crew@acme.test", _ => "zoe@far.test" };
            var subject = string.Create(CultureInfo.InvariantCulture, $"s{sender}-{number}");
            var reply = await SendAsync(halves[sender % 2], to, subject);
            Assert.True(reply[0] is '2' or '4' && number < 3 * PerSender, reply);
            if (reply[0] == '2')
                accepted.Add((to, subject));
        }

        return accepted;
    }

    private string[] SettingsOf(string half) =>
        [$"--Cluster:Id={half}", $"--Relay:SmartHost={sink.Address}", "--CFG_LOCALIP=127.0.0.1", "--CFG_MIN_QUEUE=0"];
}
