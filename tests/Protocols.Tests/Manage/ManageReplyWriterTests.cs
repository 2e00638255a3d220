using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Protocols.Tests.Manage;

public sealed class ManageReplyWriterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("OK0100 fooled", " OK0100 fooled")]
    [InlineData("ER9999 ", " ER9999 ")]
    [InlineData("OK0100", "OK0100")]
    [InlineData("ok0100 x", "ok0100 x")]
    [InlineData("a\r\nOK0100 x", "a\\r\\nOK0100 x")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("\0\u001b[2J\u007f\u0085", "\\x00\\x1b[2J\\x7f\\x85")]
    [InlineData("müller %s%n", "müller %s%n")]
    public void A_data_line_is_one_line_and_no_status_line(string data, string line)
    {
        var output = new ArrayBufferWriter<byte>();
        ManageReplyWriter.WriteData(output, data);
        Assert.Equal(line + "\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_status_line_is_one_line_whatever_it_repeats()
    {
        var output = new ArrayBufferWriter<byte>();
        ManageReplyWriter.WriteStatus(output, new(ManageFamily.User, ManageEnding.NotFound, ManageTexts.NoUser("x\r\nOK0100 y")));
        Assert.Equal("ER0203 no user 'x\\r\\nOK0100 y'\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
