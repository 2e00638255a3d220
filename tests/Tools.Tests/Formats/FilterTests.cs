using System.Text;
using Orleans.Mail.Tools.Formats;

namespace Orleans.Mail.Tools.Tests.Formats;

/// <summary>The filters between a message and a mail file, whatever the pieces that the octets come in.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData("From me\r\n", ">From me\r\n")]
    [InlineData(">From me\r\n>>From you\r\n", ">>From me\r\n>>>From you\r\n")]
    [InlineData("a From b\r\n From c\r\nfrom d\r\nFrom\te\r\n", "a From b\r\n From c\r\nfrom d\r\nFrom\te\r\n")]
    [InlineData(">\r\n>Fro\r\n>>Fr", ">\r\n>Fro\r\n>>Fr")]
    [InlineData("FFrom x\nFrom ", "FFrom x\n>From ")]
    [InlineData("", "")]
    public void A_line_that_looks_like_a_From_line_is_quoted_and_comes_back(string message, string quoted)
    {
        for (var piece = 1; piece <= message.Length + 1; piece++)
        {
            Assert.Equal(quoted, Run(new FromQuoting(remove: false), message, piece));
            Assert.Equal(message, Run(new FromQuoting(remove: true), quoted, piece));
        }
    }

    [Theory]
    [InlineData("a\nb\r\nc\n", "a\r\nb\r\nc\r\n")]
    [InlineData("a", "a\r\n")]
    [InlineData("a\r", "a\r\n")]
    [InlineData("\n\n", "\r\n\r\n")]
    [InlineData("a\rb\n", "a\rb\r\n")]
    [InlineData("", "")]
    public void Line_feeds_become_CRLF_and_the_last_line_gets_its_end(string file, string message)
    {
        for (var piece = 1; piece <= file.Length + 1; piece++)
            Assert.Equal(message, Run(new CrLfLineEnds(), file, piece));
    }

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("a\rb\r\n\r", "a\rb\n\r")]
    [InlineData("a\nb", "a\nb")]
    public void CRLF_becomes_a_line_feed_and_a_lone_CR_stays(string message, string file)
    {
        for (var piece = 1; piece <= message.Length + 1; piece++)
            Assert.Equal(file, Run(new LfLineEnds(), message, piece));
    }

    [Fact]
    public void Any_lines_come_back_from_quoting()
    {
        var random = new Random(11);
        for (var round = 0; round < 2_000; round++)
        {
            var message = new StringBuilder();
            for (var part = random.Next(30); part > 0; part--)
                message.Append(random.GetItems(new[] { ">", "From ", "From", "F", "\r\n", "\n", "\r", "x", " " }, 1)[0]);
            var quoted = Run(new FromQuoting(remove: false), message.ToString(), random.Next(1, 9));
            Assert.DoesNotContain("\nFrom ", "\n" + quoted, StringComparison.Ordinal);
            Assert.Equal(message.ToString(), Run(new FromQuoting(remove: true), quoted, random.Next(1, 9)));
        }
    }

    private static string Run(ITextFilter filter, string text, int piece)
    {
        var chain = new FilterChain(filter);
        var result = new StringBuilder();
        foreach (var part in Encoding.Latin1.GetBytes(text).Chunk(piece))
            result.Append(Encoding.Latin1.GetString(chain.Run(part, isLast: false).Span));
        return result.Append(Encoding.Latin1.GetString(chain.Run(default, isLast: true).Span)).ToString();
    }
}
