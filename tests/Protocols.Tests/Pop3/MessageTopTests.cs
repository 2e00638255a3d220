using System.Text;
using CsCheck;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Protocols.Tests.Pop3;

public sealed class MessageTopTests
{
    private static readonly Gen<string> Messages =
        Gen.OneOf("\r\n", "\r", "\n", "a", "\r\n\r\n").Array[0, 16].Select(parts => string.Concat(parts));

    [Theory]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\n", 0, "A: b\r\n\r\n")]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\n", 1, "A: b\r\n\r\none\r\n")]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\n", 9, "A: b\r\n\r\none\r\ntwo\r\n")]
    [InlineData("A: b\r\nC: d\r\n", 1, "A: b\r\nC: d\r\n")]
    [InlineData("\r\none\r\ntwo\r\n", 1, "\r\none\r\n")]
    [InlineData("A: b\r\n\n\r\n\r\none\r\n", 0, "A: b\r\n\n\r\n\r\n")]
    [InlineData("A: b\r\n\r\r\n\r\none\r\n", 0, "A: b\r\n\r\r\n\r\n")]
    [InlineData("A: b\r\n\r\n\r\n\r\n", 1, "A: b\r\n\r\n\r\n")]
    [InlineData("", 3, "")]
    public void The_top_is_the_header_the_empty_line_and_some_lines(string message, int lines, string top) =>
        Assert.Equal(top, Take(message, lines, [message.Length]));

    [Fact]
    public void The_top_is_the_same_however_the_message_was_cut() => Gen.Select(Messages, Gen.Int[0, 4], Gen.Int[0, 30].Array[0, 5]).Sample(
        (message, lines, cuts) => Assert.Equal(Expected(message, lines), Take(message, lines, cuts)));

    private static string Take(string message, int lines, int[] cuts)
    {
        var top = new MessageTop(lines);
        var taken = new StringBuilder();
        var octets = Encoding.Latin1.GetBytes(message);
        var from = 0;
        foreach (var cut in cuts.Append(octets.Length).Select(cut => Math.Min(cut, octets.Length)).Order())
        {
            var block = octets.AsSpan(from, cut - from);
            taken.Append(Encoding.Latin1.GetString(block[..top.Take(block)]));
            from = cut;
        }

        return taken.ToString();
    }

    private static string Expected(string message, int lines)
    {
        var body = message.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (body == 3)
            return message;
        for (; lines > 0; lines--)
        {
            var end = message.IndexOf("\r\n", body, StringComparison.Ordinal);
            if (end < 0)
                return message;
            body = end + 2;
        }

        return message[..body];
    }
}
