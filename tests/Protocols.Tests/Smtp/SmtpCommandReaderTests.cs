using System.Buffers;
using System.Net;
using System.Text;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class SmtpCommandReaderTests
{
    [Theory]
    [InlineData("<jane@else.test>", "jane", "else.test", "jane@else.test")]
    [InlineData("<@a.test,@[192.0.2.1]:jane@else.test>", "jane", "else.test", "jane@else.test")]
    [InlineData("<\"jane\"@else.test>", "jane", "else.test", "jane@else.test")]
    [InlineData("<\"j\\a\\n\\e\"@else.test>", "jane", "else.test", "jane@else.test")]
    [InlineData("<\"jane doe\"@else.test>", "jane doe", "else.test", "\"jane doe\"@else.test")]
    [InlineData("<\"a\\\"b\\\\c\"@else.test>", "a\"b\\c", "else.test", "\"a\\\"b\\\\c\"@else.test")]
    [InlineData("<\"a>b@c\"@else.test>", "a>b@c", "else.test", "\"a>b@c\"@else.test")]
    [InlineData("<\"..\"@else.test>", "..", "else.test", "\"..\"@else.test")]
    [InlineData("<jörg@bücher.test>", "jörg", "bücher.test", "jörg@bücher.test")]
    [InlineData("<jane@[192.0.2.1]>", "jane", "[192.0.2.1]", "jane@[192.0.2.1]")]
    [InlineData("<>", "", "", "")]
    public void Paths_are_read_and_written(string path, string local, string domain, string text)
    {
        var command = Parse($"MAIL FROM:{path} SMTPUTF8\r\n");

        Assert.Null(command.Fault);
        Assert.Equal((local, domain, text), (command.Path!.Local, command.Path.Domain, command.Path.Text));
    }

    [Theory]
    [InlineData("[192.0.2.1]", "192.0.2.1")]
    [InlineData("[IPv6:2001:db8::1]", "2001:db8::1")]
    [InlineData("[ipv6:::1]", "::1")]
    public void An_address_literal_has_its_address(string literal, string address)
    {
        Assert.Equal(IPAddress.Parse(address), Parse($"RCPT TO:<postmaster@{literal}>\r\n").Path!.Literal);
    }

    [Fact]
    public void A_command_may_come_in_any_pieces()
    {
        var line = Encoding.UTF8.GetBytes("MAIL FROM:<jane@else.test> SIZE=77 SMTPUTF8\r\nQUIT\r\n");
        for (var cut = 1; cut < line.Length; cut++)
        {
            var reader = new SmtpCommandReader(allowBarePaths: false);
            var buffer = Pieces.Of(line, cut, cut + 3);

            Assert.True(reader.TryRead(ref buffer, out var mail));
            Assert.True(reader.TryRead(ref buffer, out var quit));
            Assert.Equal((77, true, "jane@else.test"), (mail.Size, mail.Utf8, mail.Path!.Text));
            Assert.Equal(SmtpVerb.Quit, quit.Verb);
            Assert.True(buffer.IsEmpty);
        }
    }

    [Fact]
    public void A_line_that_is_too_long_is_told_once_and_keeps_no_memory()
    {
        var reader = new SmtpCommandReader(allowBarePaths: false);
        for (var i = 0; i < 100; i++)
        {
            var part = Pieces.Of(Encoding.ASCII.GetBytes(new string('x', 2000)));
            Assert.False(reader.TryRead(ref part, out _));
            Assert.True(part.IsEmpty);
        }

        var rest = Pieces.Of("x\r\nNOOP\r\n"u8.ToArray());
        Assert.True(reader.TryRead(ref rest, out var tooLong));
        Assert.True(reader.TryRead(ref rest, out var noop));
        Assert.Equal(SmtpReplies.LineTooLong, tooLong.Fault);
        Assert.Equal(SmtpVerb.Noop, noop.Verb);
    }

    [Theory]
    [InlineData("BDAT 0", 0, false)]
    [InlineData("BDAT 86 LAST", 86, true)]
    [InlineData("bdat 9223372036854775807 last", long.MaxValue, true)]
    public void Chunks_have_a_length(string line, long length, bool last)
    {
        var command = Parse(line + "\r\n");

        Assert.Null(command.Fault);
        Assert.Equal((length, last), (command.ChunkLength, command.IsLast));
    }

    [Theory]
    [InlineData("MAIL", SmtpVerb.Mail)]
    [InlineData("rcpt", SmtpVerb.Rcpt)]
    [InlineData("Data", SmtpVerb.Data)]
    [InlineData("BDAT", SmtpVerb.Bdat)]
    [InlineData("HELO", SmtpVerb.Helo)]
    [InlineData("EHLO", SmtpVerb.Ehlo)]
    [InlineData("RSET", SmtpVerb.Rset)]
    [InlineData("NOOP", SmtpVerb.Noop)]
    [InlineData("QUIT", SmtpVerb.Quit)]
    [InlineData("VRFY", SmtpVerb.Vrfy)]
    [InlineData("EXPN", SmtpVerb.Expn)]
    [InlineData("HELP", SmtpVerb.Help)]
    [InlineData("AUTH PLAIN", SmtpVerb.Auth)]
    [InlineData("starttls", SmtpVerb.StartTls)]
    [InlineData("DATA2", SmtpVerb.Unknown)]
    [InlineData("MAI", SmtpVerb.Unknown)]
    [InlineData("\u212aELP", SmtpVerb.Unknown)]
    public void Verbs_are_known_in_any_case(string word, SmtpVerb verb)
    {
        Assert.Equal(verb, Parse(word + "\r\n").Verb);
    }

    private static SmtpCommand Parse(string line)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line));
        Assert.True(new SmtpCommandReader(allowBarePaths: false).TryRead(ref buffer, out var command));
        return command;
    }
}
