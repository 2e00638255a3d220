using System.Security.Cryptography.X509Certificates;
using Orleans.Mail.Grains;
using Orleans.Mail.TestKit.Peers;

namespace Orleans.Mail.Relay.Tests.Sending;

/// <summary>STARTTLS (RFC 3207), with certificates that nobody vouches for.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly X509Certificate2 certificate = SelfSigned.Create("mx1.test");

    public void Dispose() => certificate.Dispose();

    [Fact]
    public async Task TLS_is_used_when_it_is_offered_whoever_signed_the_certificate()
    {
        await using var peer = new ScriptedPeer(Script(), certificate);
        await using var world = new RelayWorld();

        Assert.Equal(RelayVerdict.Sent, Verdict(await world.SendAsync(peer, world.Message("a@else.test"))));
        Assert.Equal(RelayVerdict.Sent, Verdict(await world.SendAsync(peer, world.Message("a@else.test"))));

        Assert.Equal(1, peer.Connections);
        Assert.Equal(2, peer.Messages.Count);
        Assert.Equal(["EHLO mx.acme.test", "STARTTLS", "EHLO mx.acme.test"], peer.Heard.Take(3));
    }

    [Theory]
    [InlineData("220 2.0.0 go on")] // and then no handshake
    [InlineData("454 4.7.0 not now")]
    [InlineData(PeerScript.Cut)]
    public async Task A_failed_handshake_is_tried_again_at_once_without_TLS(string answer)
    {
        await using var peer = new ScriptedPeer(Script().On("STARTTLS", answer));
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal(RelayVerdict.Sent, Verdict(sent));
        Assert.Equal(2, peer.Connections);
        Assert.Single(peer.Messages);
    }

    [Fact]
    public async Task A_peer_that_refuses_STARTTLS_for_good_is_left_for_another()
    {
        await using var peer = new ScriptedPeer(Script().On("STARTTLS", "554 5.7.3 no"));
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal("Later 4.7.3 554 5.7.3 no", $"{Verdict(sent)} {sent.Report.Outcomes[0].Status}");
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task A_silent_handshake_ends()
    {
        await using var peer = new ScriptedPeer(Script().On("STARTTLS", PeerScript.Silence));
        await using var world = new RelayWorld(options => options with { RequireTls = true });

        var sent = await world.SendToSilentAsync(peer, world.Message("a@else.test"));

        Assert.Equal("Later 4.4.2 no answer to STARTTLS in 11 s", $"{Verdict(sent)} {sent.Report.Outcomes[0].Status}");
    }

    [Theory]
    [InlineData(true, "4.7.5 TLS failed")]
    [InlineData(false, "4.7.4 the host offers no TLS")]
    public async Task Without_TLS_nothing_is_sent_when_it_is_required(bool offers, string status)
    {
        await using var peer = new ScriptedPeer(offers ? Script() : new PeerScript());
        await using var world = new RelayWorld(options => options with { RequireTls = true });

        var sent = await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal(RelayVerdict.Later, Verdict(sent));
        Assert.StartsWith(status, sent.Report.Outcomes[0].Status, StringComparison.Ordinal);
        Assert.Equal(1, peer.Connections);
        Assert.DoesNotContain(peer.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_follows_the_answer_to_STARTTLS_in_clear_is_never_believed()
    {
        await using var peer = new ScriptedPeer(Script().On("STARTTLS", "220 2.0.0 go on\r\n250 injected"), certificate);
        await using var world = new RelayWorld(options => options with { RequireTls = true });

        var sent = await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal("Later 4.7.5 text followed the answer to STARTTLS", $"{Verdict(sent)} {sent.Report.Outcomes[0].Status}");
    }

    private static PeerScript Script()
    {
        var script = new PeerScript();
        script.Offers.Add("STARTTLS");
        return script;
    }

    private static RelayVerdict Verdict(Sent sent) => sent.Report.Outcomes[0].Verdict;
}
