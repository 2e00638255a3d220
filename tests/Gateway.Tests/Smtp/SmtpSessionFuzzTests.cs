using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>
/// Sessions put together at random from lines and messages, sent in random pieces. The oracle: each block has its known
/// answer, what is delivered is exactly what was said to be, and nothing in a message ever became a command.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed partial class SmtpSessionFuzzTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] Scraps =
    [
        "\r\n", "\r\n", "\r\n", "\r", "\n", ".", "..", "\r\n.", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\0", "\xff", " ", "x",
        "MAIL FROM:<evil@else.test>", "RCPT TO:<ann@acme.test>", "DATA", "RSET", "QUIT", "BDAT 5 LAST", "Received: x",
    ];

    private static readonly (string Line, string Answer)[] Lines =
    [
        ("NOOP", "250"), ("RSET", "250"), ("HELP", "214"), ("VRFY x", "252"), ("EXPN x", "502"), ("AUTH PLAIN", "502"), ("STARTTLS", "502"),
        ("%s%n", "500"), ("", "500"), ("MAIL FROM:<x", "501"), ("RCPT TO:<ann@acme.test>", "503"), ("DATA", "503"), ("BDAT 4 LAST\r\nQUIT", "503:"),
        ("\xff\xfe\x01", "500"), ("NO\0OP", "500"),
    ];

    [Fact]
    public async Task Whatever_is_sent_only_what_was_promised_is_delivered()
    {
        for (var i = 0; i < Math.Max(1, Fuzzing.Iterations / 10); i++)
        {
            var seed = Random.Shared.Next();
            try
            {
                await PlayAsync(new Random(seed));
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new InvalidOperationException($"seed {seed}", exception);
            }
        }
    }

    private static async Task PlayAsync(Random random)
    {
        var repairs = random.Next(2) == 0;
        await using var world = await SmtpWorld.StartAsync(
            ("Smtp:SoftErrors", "1000000"), ("Smtp:HardErrors", "1000000"), ("Smtp:BareLineEnds", repairs ? "repair" : "refuse"));
        var answers = new List<string> { "220", "250" };
        var messages = new List<string>();
        var wire = new StringBuilder("HELO client.test\r\n");
        for (var blocks = random.Next(1, 12); blocks > 0; blocks--)
        {
            if (random.Next(3) > 0)
                AddLine(random, wire, answers);
            else
                AddMessage(random, repairs, wire, answers, messages);
        }

        wire.Append("QUIT\r\n");
        answers.Add("221");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        Assert.Equal(answers, await TalkAsync(world, Encoding.Latin1.GetBytes(wire.ToString()), random, limit.Token));
        Assert.Equal(messages, world.Router.Submitted.Select(submitted => world.Stored(submitted.Message.Body).Message));
        Assert.Equal(messages.Count, world.Bodies.Count);
    }

    private static void AddLine(Random random, StringBuilder wire, List<string> answers)
    {
        var (line, answer) = Lines[random.Next(Lines.Length)];
        var isChunk = answer.EndsWith(':');
        wire.Append(line).Append(isChunk ? "" : "\r\n");
        answers.Add(answer.TrimEnd(':'));
    }

    private static void AddMessage(Random random, bool repairs, StringBuilder wire, List<string> answers, List<string> messages)
    {
        wire.Append("MAIL FROM:<jane@else.test>\r\nRCPT TO:<mick@acme.test>\r\n");
        answers.AddRange(["250", "250"]);
        var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Scraps[random.Next(Scraps.Length)]));
        if (random.Next(2) == 0)
        {
            text = EndInCrLf(text);
            wire.Append("DATA\r\n").Append(Stuff(text)).Append(".\r\n");
            answers.Add("354");
        }
        else
        {
            var cut = random.Next(text.Length + 1);
            wire.Append(CultureInfo.InvariantCulture, $"BDAT {cut}\r\n").Append(text[..cut]);
            wire.Append(CultureInfo.InvariantCulture, $"BDAT {text.Length - cut} LAST\r\n").Append(text[cut..]);
            answers.Add("250");
        }

        var refused = HasBare(text) && !repairs;
        answers.Add(refused ? "554" : "250");
        if (!refused)
            messages.Add(EndInCrLf(repairs ? Repair(text) : text));
    }

    private static string EndInCrLf(string text) => text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal) ? text : text + "\r\n";

    // As an honest client sends it: a dot at a line's start is doubled (RFC 5321 4.5.2); then nothing in it is an end.
    private static string Stuff(string text) => ("\r\n" + text).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..];

    private static bool HasBare(string text) => text.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');

    private static string Repair(string text) => LineEnd().Replace(text, "\r\n");

    private static async Task<List<string>> TalkAsync(SmtpWorld world, byte[] octets, Random random, CancellationToken cancellationToken)
    {
        await using var wire = new WireConnection();
        wire.Start(world.Handler);
        for (var at = 0; at < octets.Length;)
        {
            var length = Math.Min(octets.Length - at, random.Next(1, 200));
            await wire.SendAsync(octets.AsMemory(at, length), cancellationToken);
            at += length;
        }

        wire.CloseSending();
        var codes = new List<string>();
        while (await wire.ReadLineAsync(cancellationToken) is { } line)
        {
            Assert.Matches(ReplyLine(), line);
            if (line[3] == ' ')
                codes.Add(line[..3]);
        }

        await wire.SessionAsync(cancellationToken);
        return codes;
    }

    [GeneratedRegex("\r\n|\r|\n")]
    private static partial Regex LineEnd();

    [GeneratedRegex("^[2-5][0-9]{2}[ -][ -~]+$")]
    private static partial Regex ReplyLine();
}
