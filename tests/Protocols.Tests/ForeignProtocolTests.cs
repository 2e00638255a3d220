using System.Text;
using Orleans.Mail.Protocols.Tests.Smtp;

namespace Orleans.Mail.Protocols.Tests;

public sealed class ForeignProtocolTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\n")]
    [InlineData("POST /login HTTP/1.1\r\n")]
    [InlineData("CONNECT mx.acme.test:25 HTTP/1.1\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("BREW coffee HTTP/1.1\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\n")]
    [InlineData("GET /a")]
    [InlineData("\x16\x03\x01\x02\x00\x01")]
    [InlineData("\x16")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\r\n")]
    [InlineData("PROXY UNKNOWN\r\nEHLO client.test\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")]
    public void Http_tls_and_proxies_are_known_by_their_start(string start)
    {
        Assert.True(IsForeign(start));
    }

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("GET")]
    [InlineData("EHLO client.test\r\n")]
    [InlineData("MAIL FROM:</HTTP/1.1@x.test>\r\n")]
    [InlineData("USER mick\r\nPASS GET / HTTP/1.1\r\n")]
    [InlineData("DELETE ADD NAME=x\r\n")]
    [InlineData("USER ADD NAME=mick\r\n")]
    [InlineData("NOOP\r\nGET / HTTP/1.1\r\n")]
    [InlineData("\xff\xfb\x01")]
    [InlineData("PROXY")]
    [InlineData("\r\n\r\nNOOP\r\n")]
    public void Mail_and_management_are_not(string start)
    {
        Assert.False(IsForeign(start));
    }

    [Fact]
    public void A_target_of_any_length_hides_nothing()
    {
        Assert.True(IsForeign("GET /" + new string('x', 100_000)));
    }

    private static bool IsForeign(string start)
    {
        var octets = Encoding.Latin1.GetBytes(start);
        var whole = ForeignProtocol.IsStartOf(new(octets));
        if (octets.Length > 3)
            Assert.Equal(whole, ForeignProtocol.IsStartOf(Pieces.Of(octets, 1, 2, octets.Length / 2)));
        return whole;
    }
}
