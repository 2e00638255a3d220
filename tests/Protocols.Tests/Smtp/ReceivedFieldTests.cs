using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class ReceivedFieldTests
{
    [Theory]
    [InlineData("Received: a\r\n", 101, true)]
    [InlineData("Received: a\r\n", 100, false)]
    [InlineData("RECEIVED: a\r\n\tReceived: b\r\n", 101, true)]
    [InlineData("RECEIVED: a\r\n\tReceived: b\r\n", 100, false)]
    [InlineData("X-Received: a\r\n", 200, false)]
    [InlineData("Receive: a\r\n", 200, false)]
    [InlineData("Received-SPF: a\r\n", 200, false)]
    public void More_than_100_Received_fields_are_a_loop_however_the_header_is_cut(string field, int count, bool isLoop)
    {
        var header = string.Concat(Enumerable.Repeat(field, count)) + "\r\n" + string.Concat(Enumerable.Repeat("Received: in the body\r\n", 200));
        foreach (var size in new[] { 1, 7, 4096, int.MaxValue })
        {
            var message = Read(header, size);
            Assert.Equal(isLoop ? SmtpReplies.MailLoop : null, message.Refusal);
        }
    }

    [Fact]
    public void A_message_without_a_header_has_none()
    {
        var message = Read("\r\n" + string.Concat(Enumerable.Repeat("Received: x\r\n", 200)), 5);

        Assert.Null(message.Refusal);
    }

    private static IncomingMessage Read(string text, int size)
    {
        var message = new IncomingMessage(new ArrayBufferWriter<byte>(), long.MaxValue, repairs: false);
        var reader = new SmtpDataReader(message);
        foreach (var piece in Encoding.Latin1.GetBytes(text).Chunk(size == int.MaxValue ? text.Length : size))
        {
            var buffer = Pieces.Of(piece);
            Assert.False(reader.TryRead(ref buffer));
        }

        return message;
    }
}
