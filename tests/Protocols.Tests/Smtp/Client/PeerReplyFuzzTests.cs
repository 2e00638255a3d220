using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Mail.Protocols.Smtp.Client;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Smtp.Client;

/// <summary>Replies bent at random, in pieces cut at random. The oracle is the grammar of RFC 5321 4.2 as one expression.</summary>
[Trait("Category", "Fuzz")]
public sealed partial class PeerReplyFuzzTests
{
    private static readonly string[] Replies =
        ["250 ok\r\n", "250-a\r\n250 b\r\n", "550 5.1.1 no\r\n", "550-5.1.1 no\r\n550 5.1.1 way\r\n", "354\r\n", "421 4.3.2 bye\r\n"];

    private static readonly string[] Words = ["\r", "\n", "\r\n", "-", " ", "2", "250", "550", "5.1.1", "\0", "ü", "x", "999", "."];

    [Fact]
    public void A_reply_is_taken_exactly_when_the_grammar_allows_it()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var taken = 0;
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var text = Bend(random);
            var octets = Encoding.UTF8.GetBytes(text);
            var (read, reply, consumed) = Read(octets, random);
            var expected = First(Encoding.Latin1.GetString(octets));
            Assert.True((read == ReplyRead.Complete) == (expected is not null), $"seed {seed}: {text} was {read}");
            if (expected is null)
                continue;
            taken++;
            Assert.True(consumed == expected.Length, $"seed {seed}: {text} ended at {consumed}");
            Assert.True(reply!.Code == int.Parse(expected.AsSpan(0, 3), CultureInfo.InvariantCulture), $"seed {seed}: {text} has {reply.Code}");
            Assert.True(reply.Lines.Length == expected.Count(c => c == '\n'), $"seed {seed}: {text} has {reply.Lines.Length} lines");
            Assert.True(!reply.ToString().Any(char.IsControl), $"seed {seed}: {text} is {reply}");
            Assert.True(reply.Enhanced.Length == 0 || Enhanced().IsMatch(reply.Enhanced), $"seed {seed}: {text} has {reply.Enhanced}");
        }

        Assert.InRange(taken, Fuzzing.Iterations / 10, Fuzzing.Iterations - 1);
    }

    private static string Bend(Random random)
    {
        var text = new StringBuilder(Replies[random.Next(Replies.Length)]);
        for (var changes = random.Next(3); changes > 0; changes--)
        {
            var at = random.Next(text.Length);
            if (random.Next(2) == 0)
                text.Insert(at, Words[random.Next(Words.Length)]);
            else
                text.Remove(at, 1);
            if (text.Length == 0)
                text.Append('\n');
        }

        return text.ToString();
    }

    private static (ReplyRead Read, PeerReply? Reply, int Consumed) Read(byte[] octets, Random random)
    {
        var reader = new PeerReplyReader();
        var start = 0;
        for (var end = 0; end < octets.Length;)
        {
            end = Math.Min(end + 1 + random.Next(8), octets.Length);
            var read = reader.TryRead(octets.AsSpan(start, end - start), out var consumed, out var reply);
            start += consumed;
            if (read != ReplyRead.Incomplete)
                return (read, reply, start);
        }

        return (ReplyRead.Incomplete, null, start);
    }

    // The reply at the start, with its line ends; null when there is none.
    private static string? First(string octets) => Reply().Match(octets) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"\A([2-5][0-9]{2})(?:-[^\n]*\n(?:\1-[^\n]*\n)*\1(?:\r?\n|\x20[^\n]*\n)|\r?\n|\x20[^\n]*\n)")]
    private static partial Regex Reply();

    [GeneratedRegex(@"\A[2-5]\.[0-9]{1,3}\.[0-9]{1,3}\z")]
    private static partial Regex Enhanced();
}
