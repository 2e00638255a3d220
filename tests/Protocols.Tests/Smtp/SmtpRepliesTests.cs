using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed partial class SmtpRepliesTests
{
    public static TheoryData<string> Names() =>
        new(typeof(SmtpReplies).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name));

    // RFC 5321 4.5.3.1.5, RFC 2034 section 4
    [Theory]
    [MemberData(nameof(Names))]
    public void A_reply_is_well_formed_and_its_codes_agree(string name)
    {
        var reply = (SmtpReply)typeof(SmtpReplies).GetField(name)!.GetValue(null)!;
        var text = Encoding.UTF8.GetString(reply.Octets);

        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var lines = text[..^2].Split("\r\n");
        Assert.All(lines, line => Assert.InRange(line.Length, 5, 510));
        Assert.All(lines[..^1], line => Assert.Equal('-', line[3]));
        Assert.Equal(' ', lines[^1][3]);
        Assert.All(lines, line => Assert.StartsWith($"{reply.Code}", line, StringComparison.Ordinal));
        if (reply.Code == 354)
            Assert.Equal("", reply.Enhanced);
        else
            Assert.Matches($@"^{reply.Code / 100}\.\d{{1,3}}\.\d{{1,3}}$", reply.Enhanced);
        Assert.Equal(reply.Code >= 400, reply.IsRefusal);
    }

    [Fact]
    public void The_answer_to_EHLO_lists_each_extension_on_a_line()
    {
        var text = Encoding.UTF8.GetString(SmtpReplies.Extensions("mx.acme.test", 1000, 7, 5, startTls: true, "PLAIN LOGIN").Octets);

        Assert.Equal(
            "250-mx.acme.test\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
            + "250-CHUNKING\r\n250-DSN\r\n250-LIMITS MAILMAX=5 RCPTMAX=7\r\n250 HELP\r\n",
            text);
    }

    [Fact]
    public void The_log_shows_code_and_text()
    {
        Assert.Equal("550 5.1.1 no such mailbox", SmtpReplies.NoSuchMailbox.ToString());
        Assert.Matches(Start(), SmtpReplies.StartMail.ToString());
    }

    [GeneratedRegex("^354 send")]
    private static partial Regex Start();
}
