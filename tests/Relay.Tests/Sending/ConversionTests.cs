using System.Text;
using MimeKit;
using Orleans.Mail.Grains;
using Orleans.Mail.TestKit.Peers;

namespace Orleans.Mail.Relay.Tests.Sending;

/// <summary>8-bit messages for a peer without 8BITMIME (RFC 6152 3).</summary>
public sealed class ConversionTests
{
    private const string Plain = "Subject: hällo\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße aus Köln\r\n.\r\n";

    [Theory]
    [InlineData(0)]
    [InlineData(2_000_000)]
    public async Task Parts_become_seven_bit_and_say_the_same(int more)
    {
        await using var peer = new ScriptedPeer(new PeerScript().Offer("PIPELINING"));
        await using var world = new RelayWorld();
        var text = Plain + string.Concat(Enumerable.Repeat("Ähre im Feld\r\n", more / 14));

        var sent = await world.SendAsync(peer, Is8Bit(world.MessageWith(text, "a@else.test")));

        Assert.Equal(RelayVerdict.Sent, sent.Report.Outcomes[0].Verdict);
        var octets = Assert.Single(peer.Messages);
        Assert.True(System.Text.Ascii.IsValid(octets));
        using var message = MimeMessage.Load(new MemoryStream(Unstuffed(octets)), TestContext.Current.CancellationToken);
        Assert.Equal("hällo", message.Subject);
        Assert.Equal(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], message.TextBody?.ReplaceLineEndings("\r\n"));
        Assert.DoesNotContain(peer.Heard, line => line.Contains("BODY=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_peer_that_takes_8_bits_gets_the_message_as_it_is()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        await world.SendAsync(peer, Is8Bit(world.MessageWith(Plain, "a@else.test")));

        Assert.Equal(Plain.Replace("\r\n.\r\n", "\r\n..\r\n", StringComparison.Ordinal), Encoding.UTF8.GetString(Assert.Single(peer.Messages)));
        Assert.Contains(peer.Heard, line => line.EndsWith(" BODY=8BITMIME", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DKIM-Signature: v=1; d=acme.test; b=x\r\n" + Plain)]
    [InlineData("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nGrüße\r\n--b--\r\n--a--\r\n")]
    [InlineData("Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\nü\r\n")]
    public async Task A_signature_is_not_broken(string text)
    {
        await using var peer = new ScriptedPeer(new PeerScript().Offer("PIPELINING"));
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(peer, Is8Bit(world.MessageWith(text, "a@else.test")));

        Assert.Equal(RelayVerdict.Failed, sent.Report.Outcomes[0].Verdict);
        Assert.StartsWith("5.6.3", sent.Report.Outcomes[0].Status, StringComparison.Ordinal);
        Assert.DoesNotContain(peer.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_host_gets_the_converted_message_too()
    {
        await using var peer = new ScriptedPeer(new PeerScript().Offer("PIPELINING").On("DATA", PeerScript.Cut));
        await using var other = new ScriptedPeer(new PeerScript().Offer("PIPELINING"));
        await using var third = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        await world.SendAsync(RelayWorld.Route(peer, other), Is8Bit(world.MessageWith(Plain, "a@else.test")));
        await world.SendAsync(RelayWorld.Route(peer, third), Is8Bit(world.MessageWith(Plain, "a@else.test")));

        Assert.True(System.Text.Ascii.IsValid(Assert.Single(other.Messages)));
        Assert.False(System.Text.Ascii.IsValid(Assert.Single(third.Messages)));
    }

    [Theory]
    [InlineData("Subject: hällo\r\n\r\nx\r\n", false, RelayVerdict.Failed)]
    [InlineData("Subject: hello\r\n\r\nx\r\n", false, RelayVerdict.Sent)]
    [InlineData("Subject: hällo\r\n\r\nx\r\n", true, RelayVerdict.Sent)]
    public async Task A_header_in_UTF_8_needs_a_peer_that_knows_it(string text, bool knows, RelayVerdict expected)
    {
        await using var peer = new ScriptedPeer(knows ? new PeerScript() : new PeerScript().Offer("8BITMIME"));
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(peer, world.MessageWith(text, "a@else.test") with { Request = new MailRequest { IsUtf8 = true, Is8Bit = true } });

        Assert.Equal(expected, sent.Report.Outcomes[0].Verdict);
        Assert.Equal(expected == RelayVerdict.Failed, sent.Report.Outcomes[0].Status.StartsWith("5.6.7", StringComparison.Ordinal));
    }

    private static byte[] Unstuffed(byte[] octets) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(octets).Replace("\r\n..", "\r\n.", StringComparison.Ordinal));

    private static RelayMessage Is8Bit(RelayMessage message) => message with { Request = new MailRequest { Is8Bit = true } };
}
