using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Protocols.Tests.Smtp.Client;

public sealed class ClientCommandsTests
{
    private static readonly PeerCapabilities All = PeerCapabilities.From(new PeerReply(250, "", "peer\nSIZE\n8BITMIME\nSMTPUTF8\nDSN"));

    [Theory]
    [InlineData("", "")]
    [InlineData("jane@else.test", "jane@else.test")]
    [InlineData("jane", "jane")]
    [InlineData("a b@else.test", "\"a b\"@else.test")]
    [InlineData("\"a b\"@else.test", "\"a b\"@else.test")]
    [InlineData("\"a\\\"b\"@else.test", "\"a\\\"b\"@else.test")]
    [InlineData("\"jane\"@else.test", "jane@else.test")]
    [InlineData("a\"b@else.test", "\"a\\\"b\"@else.test")]
    [InlineData("a@b@else.test", "\"a@b\"@else.test")]
    [InlineData("a>b@else.test", "\"a>b\"@else.test")]
    [InlineData("j@[127.0.0.1]", "j@[127.0.0.1]")]
    [InlineData("j@[IPv6:::1]", "j@[IPv6:::1]")]
    [InlineData("jöhn@else.test", "jöhn@else.test")]
    [InlineData("a\r\nb@else.test", null)]
    [InlineData("a\0@else.test", null)]
    [InlineData("a@else.test>\r\nRCPT TO:<b", null)]
    [InlineData("a@el se.test", null)]
    [InlineData("a@else.test> NOTIFY=NEVER", null)]
    [InlineData("@else.test", null)]
    [InlineData("a@", null)]
    [InlineData("a\ud800@else.test", null)]
    public void An_address_becomes_a_path_or_cannot_be_sent(string address, string? path) =>
        Assert.Equal(path, ClientPath.Format(address));

    [Theory]
    [InlineData("rfc822;a+2Bb@else.test", "x@y.test", "rfc822;a+2Bb@else.test")]
    [InlineData("", "a+b=c@else.test", "rfc822;a+2Bb+3Dc@else.test")]
    [InlineData("", "\"a b\"@else.test", "rfc822;\"a+20b\"@else.test")]
    [InlineData("rfc822;a b", "x@y.test", "rfc822;x@y.test")]
    [InlineData("rfc822;a\r\nDATA", "x@y.test", "rfc822;x@y.test")]
    [InlineData("rfc822;", "x@y.test", "rfc822;x@y.test")]
    [InlineData("", "jöhn+x@else.test", "utf-8;j\\x{F6}hn\\x{2B}x@else.test")]
    [InlineData("utf-8;j\\x{F6}hn@else.test", "x@y.test", "utf-8;j\\x{F6}hn@else.test")]
    public void ORCPT_is_what_was_given_or_the_address(string given, string address, string expected) =>
        Assert.Equal(expected, Xtext.OriginalRecipient(given, address));

    [Fact]
    public void MAIL_says_what_the_peer_knows_and_no_more()
    {
        var command = new MailCommand("jane@acme.test", 17, Is8Bit: true, IsUtf8: true, "HDRS", "a b");

        Assert.Equal("MAIL FROM:<jane@acme.test> SIZE=17 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+20b\r\n", Text(output => ClientCommands.Mail(output, command, All)));
        Assert.Equal("MAIL FROM:<jane@acme.test>\r\n", Text(output => ClientCommands.Mail(output, command, PeerCapabilities.None)));
        Assert.Equal("MAIL FROM:<> SIZE=0\r\n", Text(output => ClientCommands.Mail(output, new MailCommand("", 0, false, false, "", ""), All)));
    }

    [Fact]
    public void Capabilities_are_read_in_any_case_and_order()
    {
        var peer = PeerCapabilities.From(new PeerReply(250, "", "SIZE hello\nsize 1000 \nauth Login plain\nAUTH=CRAM-MD5\n\nXFOO bar\npipelining\nStartTLS\nSIZE x"));

        Assert.Equal(new PeerCapabilities { Size = true, AuthLogin = true, AuthPlain = true, Pipelining = true, StartTls = true }, peer);
        Assert.Equal(1000, PeerCapabilities.From(new PeerReply(250, "", "peer\nSIZE 1000")).MaxSize);
        Assert.Equal(PeerCapabilities.None, PeerCapabilities.From(new PeerReply(250, "", "SIZE 1000")));
    }

    private static string Text(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
