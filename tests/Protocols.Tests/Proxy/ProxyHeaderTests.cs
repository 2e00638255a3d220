using System.Buffers;
using System.Net;
using System.Text;
using Orleans.Mail.Protocols.Proxy;

namespace Orleans.Mail.Protocols.Tests.Proxy;

public sealed class ProxyHeaderTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\r\n", "192.0.2.1", "198.51.100.2")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", "255.255.255.255")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0", "0.0.0.0")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:DB8:0::2 56324 25\r\n", "2001:db8::1", "2001:db8::2")]
    [InlineData("PROXY TCP6 ffff:f:ffff:ffff:ffff:ffff:ffff:ffff ffff:f:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "ffff:f:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:f:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1", "::1")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff::1 whatever it is\r\n", null, null)]
    public void A_line_tells_both_ends(string line, string? source, string? destination) => AssertRead(Octets(line), source, destination);

    [Theory]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25 \r\n")]
    [InlineData("PROXY  TCP4 192.0.2.1 198.51.100.2 56324 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1  198.51.100.2 56324 25\r\n")]
    [InlineData("PROXY\tTCP4 192.0.2.1 198.51.100.2 56324 25\r\n")]
    [InlineData("PROXY tcp4 192.0.2.1 198.51.100.2 56324 25\r\n")]
    [InlineData("proxy TCP4 192.0.2.1 198.51.100.2 56324 25\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 198.51.100.2 56324 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 -1 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 025 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100 1 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.01 198.51.100.2 1 25\r\n")]
    [InlineData("PROXY TCP4 0xC0.0.2.1 198.51.100.2 1 25\r\n")]
    [InlineData("PROXY TCP4 1 2 1 25\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::2 1 25\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 198.51.100.2 1 25\r\n")]
    [InlineData("PROXY TCP6 [2001:db8::1] 2001:db8::2 1 25\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 2001:db8::2 1 25\r\n")]
    [InlineData("PROXY TCP4 mx.acme.test 198.51.100.2 1 25\r\n")]
    [InlineData("EHLO client.test\r\n")]
    [InlineData("PROXX")]
    [InlineData("\r\nPROXY UNKNOWN\r\n")]
    [InlineData("\0")]
    public void A_line_that_breaks_the_rules_is_malformed(string line) => Assert.Equal(ProxyRead.Malformed, Read(Octets(line)).Read);

    [Fact]
    public void A_line_has_at_most_107_octets()
    {
        var longest = "PROXY UNKNOWN " + new string('x', 91) + "\r\n";
        Assert.Equal(107, longest.Length);
        AssertRead(Octets(longest), null, null);
        Assert.Equal(ProxyRead.Malformed, Read(Octets(longest.Replace("x\r", "xx\r", StringComparison.Ordinal))).Read);
        Assert.Equal(ProxyRead.NeedsMore, Read(Octets(longest[..106])).Read);
        Assert.Equal(ProxyRead.Malformed, Read(Octets(longest[..105] + "yy")).Read);
    }

    [Fact]
    public void A_block_tells_both_ends()
    {
        AssertRead(Block(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 2, 1, 2, 0, 25]), "192.0.2.1", "198.51.100.2");
        AssertRead(Block(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 2, 1, 2, 0, 25, 4, 0, 1, 9]), "192.0.2.1", "198.51.100.2");
        byte[] v6 = [.. V6("2001:db8::1"), .. V6("2001:db8::2"), 1, 2, 0, 25];
        AssertRead(Block(0x21, 0x21, v6), "2001:db8::1", "2001:db8::2");
        AssertRead(Block(0x21, 0x21, [.. V6("::ffff:192.0.2.1"), .. v6[16..]]), "192.0.2.1", "2001:db8::2");
        AssertRead(Block(0x21, 0x21, [.. v6, .. new byte[65_535 - 36]]), "2001:db8::1", "2001:db8::2");
    }

    [Theory]
    [InlineData(0x20, 0x00, 0)]
    [InlineData(0x20, 0x11, 12)]
    [InlineData(0x20, 0x21, 3)]
    [InlineData(0x20, 0xff, 7)]
    [InlineData(0x21, 0x00, 0)]
    [InlineData(0x21, 0x00, 300)]
    [InlineData(0x21, 0x31, 216)]
    public void A_block_may_leave_the_ends_open(byte command, byte family, int length) => AssertRead(Block(command, family, new byte[length]), null, null);

    [Theory]
    [InlineData(0x11, 0x11, 12)]
    [InlineData(0x31, 0x11, 12)]
    [InlineData(0x22, 0x11, 12)]
    [InlineData(0x21, 0x11, 11)]
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x12, 12)]
    [InlineData(0x21, 0x22, 36)]
    [InlineData(0x21, 0x41, 36)]
    [InlineData(0x21, 0x01, 0)]
    public void A_block_that_breaks_the_rules_is_malformed(byte command, byte family, int length) =>
        Assert.Equal(ProxyRead.Malformed, Read(Block(command, family, new byte[length])).Read);

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PROXY")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 25\r")]
    [InlineData("\r")]
    [InlineData("\r\n\r\n\0\r\nQUIT")]
    [InlineData(Signature)]
    [InlineData(Signature + "\x21\x11\0")]
    [InlineData(Signature + "\x21\x11\0\x0c12345678901")]
    public void What_may_become_a_header_waits(string start) => Assert.Equal(ProxyRead.NeedsMore, Read(Octets(start)).Read);

    internal static byte[] Block(byte command, byte family, byte[] rest) =>
        [.. Octets(Signature), command, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];

    private static byte[] V6(string address) => IPAddress.Parse(address).GetAddressBytes();

    private static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);

    private static void AssertRead(byte[] octets, string? source, string? destination)
    {
        var (read, header, rest) = Read([.. octets, .. "EHLO"u8]);
        Assert.Equal(ProxyRead.Done, read);
        Assert.Equal(source, header.Source?.ToString());
        Assert.Equal(destination, header.Destination?.ToString());
        Assert.Equal(4, rest);
    }

    private static (ProxyRead Read, ProxyHeader Header, long Left) Read(byte[] octets)
    {
        var input = new ReadOnlySequence<byte>(octets);
        var read = ProxyHeaderReader.TryRead(ref input, out var header);
        if (read != ProxyRead.Done)
            Assert.Equal(octets.Length, input.Length);
        return (read, header, input.Length);
    }
}
