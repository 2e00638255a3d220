using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logging;
using Orleans.Mail.Gateway.Tests.Pop3;

namespace Orleans.Mail.Gateway.Tests.Abuse;

/// <summary>The line of a refusal as the files have it, and as fail2ban and a SIEM read it.</summary>
public sealed class RefusalLineTests
{
    private static readonly Caller Client = new(IPAddress.Parse("192.0.2.7"), MailPort.Submission);

    [Fact]
    public async Task The_text_has_all_fields_and_the_json_too()
    {
        await using var world = await Pop3World.StartAsync();
        var (text, json) = Format(world, RefusalReason.WrongPassword, "a \"b\" client=192.0.2.1\r\nc", "535 5.7.8\r\n");
        Assert.EndsWith("WRN [conn-1] refused reason=wrong-password client=192.0.2.7 port=submission name=\"a 'b' client=192.0.2.1\\x0d\\x0ac\" reply=\"535 5.7.8\"\n", text, StringComparison.Ordinal);
        Assert.Contains("\"event\":920", json, StringComparison.Ordinal);
        Assert.Contains("\"fields\":{\"reason\":\"wrong-password\",\"client\":\"192.0.2.7\",\"port\":\"submission\",\"name\":\"a 'b' client=192.0.2.1\\r\\nc\",\"reply\":\"535 5.7.8\"}", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_failed_is_counted_and_tells_its_cause()
    {
        await using var world = await Pop3World.StartAsync();
        using var count = new Measured(world.Meters, "mail.refusals");
        var log = new StateLog();
        new Refusals(world.Meters, log).TellHandshake(Client, "error:0A000102:SSL routines::unsupported protocol");

        var (level, id, state, text) = log.Entry;
        Assert.Equal((LogLevel.Information, 922), (level, id.Id));
        Assert.Equal("refused reason=tls-handshake client=192.0.2.7 port=submission name=\"\" reply=\"\" cause=\"error:0A000102:SSL routines::unsupported protocol\"", text);
        Assert.Contains(
            "\"fields\":{\"reason\":\"tls-handshake\",\"client\":\"192.0.2.7\",\"port\":\"submission\",\"name\":\"\",\"reply\":\"\",\"cause\":\"error:0A000102:SSL routines::unsupported protocol\"}",
            LogLine.FormatJson(DateTimeOffset.UnixEpoch, level, "x", id, "conn-1", text, state, null),
            StringComparison.Ordinal);
        Assert.Equal(1, count.Sum);
    }

    [Theory]
    [InlineData("wrong-password", true)]
    [InlineData("no-such-user", true)]
    [InlineData("management-password", true)]
    [InlineData("probes", true)]
    [InlineData("early-talker", true)]
    [InlineData("blocked", false)]
    [InlineData("relay", false)]
    public async Task The_filter_of_fail2ban_finds_the_address_that_did_it(string name, bool counts)
    {
        await using var world = await Pop3World.StartAsync();
        var reason = typeof(RefusalReason).GetFields().Select(field => field.GetValue(null)).OfType<RefusalReason>().Single(reason => reason.Name == name);
        var (text, _) = Format(world, reason, "x\" refused reason=wrong-password client=198.51.100.1 port=", "");
        // Of a file fail2ban takes the time off before it looks; of the journal it puts host and process before the line.
        foreach (var line in new[] { text[text.IndexOf(' ', StringComparison.Ordinal)..], "mx1 dotnet[812]: " + text })
        {
            var match = FailRegex().Match(line);
            Assert.Equal(counts, match.Success);
            if (counts)
                Assert.Equal("192.0.2.7", match.Groups["host"].Value);
        }
    }

    [Fact]
    public void Each_reason_has_a_word_of_its_own_that_stands_in_the_documentation()
    {
        var words = typeof(RefusalReason).GetFields().Select(field => field.GetValue(null)).OfType<RefusalReason>().Select(reason => reason.Name).ToArray();
        Assert.Equal(words.Distinct(), words);
        var page = File.ReadAllText(PathOf("docs/abuse.md"));
        Assert.All(words, word => Assert.Contains($"`{word}`", page, StringComparison.Ordinal));
    }

    private static (string Text, string Json) Format(Pop3World world, RefusalReason reason, string name, string reply)
    {
        var log = new StateLog();
        new Refusals(world.Meters, log).Tell(reason, Client, name, reply);
        var (level, id, state, text) = log.Entry;
        var time = DateTimeOffset.UnixEpoch;
        return (LogLine.Format(time, level, "conn-1", text, null), LogLine.FormatJson(time, level, "x", id, "conn-1", text, state, null));
    }

    private static Regex FailRegex()
    {
        var lines = File.ReadAllLines(PathOf("deploy/fail2ban/filter.d/orleans-mail.conf"));
        string Value(string key) => lines.Single(line => line.StartsWith(key + " = ", StringComparison.Ordinal))[(key.Length + 3)..];
        return new Regex(Value("failregex").Replace("%(_head)s", Value("_head"), StringComparison.Ordinal).Replace("<HOST>", "(?<host>\\S+)", StringComparison.Ordinal));
    }

    private static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, file)))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, file);
    }

    private sealed class StateLog : ILogger<Refusals>
    {
        public (LogLevel Level, EventId Id, IReadOnlyList<KeyValuePair<string, object?>>? State, string Text) Entry { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entry = (logLevel, eventId, state as IReadOnlyList<KeyValuePair<string, object?>>, formatter(state, exception));
    }
}
