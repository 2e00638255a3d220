using System.Text;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Protocols.Tests.Smtp.Client;

/// <summary>Replies (RFC 5321 4.2), whole and octet by octet.</summary>
public sealed class PeerReplyReaderTests
{
    [Theory]
    [InlineData("250 ok\r\n", "250", "", "ok")]
    [InlineData("250\r\n", "250", "", "")]
    [InlineData("250 \r\n", "250", "", "")]
    [InlineData("250 ok\n", "250", "", "ok")]
    [InlineData("550 5.1.1 no such user\r\n", "550", "5.1.1", "no such user")]
    [InlineData("550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n", "550", "5.1.1", "no\nsuch\nuser")]
    [InlineData("250-a\r\n250-\r\n250\r\n", "250", "", "a\n\n")]
    [InlineData("550 5.1.1\r\n", "550", "5.1.1", "")]
    [InlineData("550 4.1.1 which\r\n", "550", "", "4.1.1 which")]
    [InlineData("550 5.1.1000 which\r\n", "550", "", "5.1.1000 which")]
    [InlineData("550 5.1 which\r\n", "550", "", "5.1 which")]
    [InlineData("550 5.1.1which\r\n", "550", "", "5.1.1which")]
    [InlineData("250 a\0b\x1b[31m\r\n", "250", "", "a?b?[31m")]
    [InlineData("250 grüß dich\r\n", "250", "", "grüß dich")]
    public void A_reply_is_read_in_pieces_of_any_length(string octets, string code, string enhanced, string text)
    {
        foreach (var step in (int[])[1, 3, 1000])
        {
            var (read, reply) = Read(Encoding.UTF8.GetBytes(octets), step);

            Assert.Equal(ReplyRead.Complete, read);
            Assert.Equal((code, enhanced, text), ($"{reply!.Code}", reply.Enhanced, reply.Text));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("SSH-2.0")]
    [InlineData("25x ok\r\n")]
    [InlineData("2500 ok\r\n")]
    [InlineData("25\r\n")]
    [InlineData("\r\n")]
    [InlineData("150 ok\r\n")]
    [InlineData("600 ok\r\n")]
    [InlineData("250-a\r\n251 b\r\n")]
    [InlineData("250-a\r\nb\r\n")]
    [InlineData("250_ok\r\n")]
    public void What_is_no_reply_is_recognised(string octets)
    {
        foreach (var step in (int[])[1, 1000])
            Assert.Equal(ReplyRead.Malformed, Read(Encoding.UTF8.GetBytes(octets), step).Read);
    }

    [Fact]
    public void Neither_a_line_nor_a_reply_may_be_without_end()
    {
        Assert.Equal(ReplyRead.Malformed, Read(Encoding.UTF8.GetBytes("250 " + new string('x', PeerReplyReader.MaxLineLength)), 1000).Read);
        var line = $"250-{new string('x', 1000)}\r\n";
        Assert.Equal(ReplyRead.Malformed, Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 100))), 1000).Read);
        Assert.Equal(ReplyRead.Incomplete, Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 50))), 1000).Read);
    }

    [Fact]
    public void Replies_that_come_together_are_read_one_by_one()
    {
        var reader = new PeerReplyReader();
        var octets = "250 one\r\n250-5.1.1 two\r\n250 three\r\n354 four\r\n25"u8;
        var texts = new List<string>();
        while (reader.TryRead(octets, out var consumed, out var reply) == ReplyRead.Complete)
        {
            octets = octets[consumed..];
            texts.Add(reply!.Text);
        }

        Assert.Equal(["one", "5.1.1 two\nthree", "four"], texts);
    }

    private static (ReplyRead Read, PeerReply? Reply) Read(byte[] octets, int step)
    {
        var reader = new PeerReplyReader();
        var start = 0;
        for (var end = 0; end < octets.Length;)
        {
            end = Math.Min(end + step, octets.Length);
            var read = reader.TryRead(octets.AsSpan(start, end - start), out var consumed, out var reply);
            start += consumed;
            if (read != ReplyRead.Incomplete)
                return (read, reply);
        }

        return (ReplyRead.Incomplete, null);
    }
}
