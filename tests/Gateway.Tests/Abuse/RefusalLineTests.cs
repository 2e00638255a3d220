using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logging;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Abuse;

/// <summary>The line of a refusal as the files have it, and as a SIEM reads it.</summary>
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

    [Fact]
    public void Each_reason_has_a_word_of_its_own_that_stands_in_the_documentation()
    {
        var words = typeof(RefusalReason).GetFields().Select(field => field.GetValue(null)).OfType<RefusalReason>().Select(reason => reason.Name).ToArray();
        Assert.Equal(words.Distinct(), words);
        var page = File.ReadAllText(ReferenceFile.PathOf("docs/abuse.md"));
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
