using System.Buffers;
using System.Text;
using CsCheck;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Protocols.Tests.Pop3;

public sealed class DotStufferTests
{
    // Few octets, so that every neighbourhood of dots and line ends comes up.
    private static readonly Gen<string> Messages = Gen.Char[".\r\n\0a"].Array[0, 24].Select(characters => new string(characters));

    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n", "..\r\n.\r\n")]
    [InlineData("\r\n", "\r\n.\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData("a\r", "a\r\r\n.\r\n")]
    [InlineData("a\n", "a\n\r\n.\r\n")]
    [InlineData("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r\n..b\r\n", "a\r\n...b\r\n.\r\n")]
    [InlineData("a\r\n.\r\n.\r\n", "a\r\n..\r\n..\r\n.\r\n")]
    [InlineData("a\n.\r\n", "a\n.\r\n.\r\n")]
    [InlineData("a\r.\r\n", "a\r.\r\n.\r\n")]
    public void A_dot_at_the_start_of_a_line_is_doubled(string message, string reply) => Assert.Equal(reply, Stuff(message, [message.Length]));

    [Fact]
    public void A_client_gets_the_message_back_however_it_was_cut() => Gen.Select(Messages, Gen.Int[0, 24].Array[0, 6]).Sample((message, cuts) =>
    {
        var expected = message.EndsWith("\r\n", StringComparison.Ordinal) || message.Length == 0 ? message : message + "\r\n";
        Assert.Equal(expected, Unstuff(Stuff(message, cuts)));
    });

    [Fact]
    public void Every_single_cut_of_a_message_gives_the_same_reply()
    {
        const string Message = ".\r\n..\r\na\r\n.\r\n\r\n.b\r.\n.\r\r\n.\r\n";
        var whole = Stuff(Message, []);
        for (var cut = 0; cut <= Message.Length; cut++)
        {
            for (var second = cut; second <= Message.Length; second++)
                Assert.Equal(whole, Stuff(Message, [cut, second]));
        }
    }

    private static string Stuff(string message, int[] cuts)
    {
        var output = new ArrayBufferWriter<byte>();
        var stuffer = new DotStuffer();
        var octets = Encoding.Latin1.GetBytes(message);
        var from = 0;
        foreach (var cut in cuts.Append(octets.Length).Select(cut => Math.Min(cut, octets.Length)).Order())
        {
            stuffer.Write(output, octets.AsSpan(from, cut - from));
            from = cut;
        }

        stuffer.Complete(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    // RFC 1939 section 3, as a client does it, line by line.
    private static string Unstuff(string reply)
    {
        var message = new StringBuilder();
        while (true)
        {
            var end = reply.IndexOf("\r\n", StringComparison.Ordinal);
            Assert.True(end >= 0, "the reply has no end");
            var line = reply[..end];
            reply = reply[(end + 2)..];
            if (line == ".")
            {
                Assert.Equal("", reply);
                return message.ToString();
            }

            message.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }
    }
}
