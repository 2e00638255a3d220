using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

/// <summary>RET, ENVID, NOTIFY and ORCPT (RFC 3461).</summary>
public sealed class SmtpReportParameterTests
{
    [Theory]
    [InlineData("RET=FULL", SmtpReturn.Full, "")]
    [InlineData("ret=hdrs", SmtpReturn.Headers, "")]
    [InlineData("ENVID=QQ314159", SmtpReturn.Default, "QQ314159")]
    [InlineData("RET=HDRS SIZE=1 ENVID=a+20+2B+3Db+3db", SmtpReturn.Headers, "a +=b=b")]
    public void MAIL_says_what_is_returned_and_under_which_name(string parameters, SmtpReturn returned, string envelopeId)
    {
        var command = Parse($"MAIL FROM:<jane@else.test> {parameters}");

        Assert.Null(command.Fault);
        Assert.Equal(new SmtpReportRequest(returned, envelopeId), command.Reports);
    }

    [Theory]
    [InlineData("NOTIFY=NEVER", SmtpNotify.Never, "")]
    [InlineData("NOTIFY=success", SmtpNotify.Success, "")]
    [InlineData("NOTIFY=DELAY,FAILURE", SmtpNotify.Delay | SmtpNotify.Failure, "")]
    [InlineData("ORCPT=rfc822;Bob+2Bx@far.test", SmtpNotify.Default, "rfc822;Bob+2Bx@far.test")]
    [InlineData(@"ORCPT=UTF-8;b\x{FC}cher@far.test NOTIFY=FAILURE", SmtpNotify.Failure, @"UTF-8;b\x{FC}cher@far.test")]
    [InlineData("ORCPT=utf-8;b\u00fccher@far.test", SmtpNotify.Default, "utf-8;b\u00fccher@far.test")]
    public void RCPT_says_what_is_told_and_of_whom(string parameters, SmtpNotify notify, string original)
    {
        var command = Parse($"RCPT TO:<mick@acme.test> {parameters}");

        Assert.Null(command.Fault);
        Assert.Equal(new SmtpRecipientRequest(notify, original), command.RecipientReports);
    }

    [Fact]
    public void Commands_without_them_carry_nothing()
    {
        Assert.Null(Parse("MAIL FROM:<jane@else.test> SIZE=1 BODY=8BITMIME").Reports);
        Assert.Null(Parse("RCPT TO:<mick@acme.test>").RecipientReports);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a+2B", "a+")]
    [InlineData("+41+61", "Aa")]
    [InlineData("+7e", "~")]
    public void Xtext_is_decoded(string text, string decoded)
    {
        Assert.True(Xtext.TryDecode(Encoding.Latin1.GetBytes(text), out var result));
        Assert.Equal(decoded, result);
    }

    [Theory]
    [InlineData("+")]
    [InlineData("+4")]
    [InlineData("+4g")]
    [InlineData("+-1")]
    [InlineData("+ 4")]
    [InlineData("+0D")]
    [InlineData("+7F")]
    [InlineData("+80")]
    [InlineData("=")]
    [InlineData("a b")]
    [InlineData("\u00e4")]
    public void What_is_no_xtext_of_printable_ASCII_is_refused(string text) =>
        Assert.False(Xtext.TryDecode(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public void A_line_with_all_parameters_has_room(int more, bool fits)
    {
        var line = "RCPT TO:<mick@acme.test> ";
        line += new string(' ', SmtpCommandReader.MaxLineLength - line.Length - 2 + more);

        Assert.Equal(fits ? null : SmtpReplies.LineTooLong, Parse(line).Fault);
    }

    private static SmtpCommand Parse(string line)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line + "\r\n"));
        Assert.True(new SmtpCommandReader(allowBarePaths: false).TryRead(ref buffer, out var command));
        return command;
    }
}
