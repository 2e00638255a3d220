using Orleans.Mail.Grains;
using Orleans.Mail.Relay.Connections;
using Orleans.Mail.TestKit.Peers;

namespace Orleans.Mail.Relay.Tests.Sending;

/// <summary>How long connections serve, and what happens when they end.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Messages_go_one_after_the_other_over_one_connection()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        for (var i = 0; i < 5; i++)
            Assert.Equal(RelayVerdict.Sent, Verdict(await world.SendAsync(peer, world.Message("a@else.test"))));

        Assert.Equal(1, peer.Connections);
        Assert.Equal(5, peer.Messages.Count);
        Assert.Equal(1, world.Pool.Count);
    }

    [Fact]
    public async Task The_envelope_is_one_write_and_the_message_with_its_end_another()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        await world.SendAsync(peer, world.Message("a@else.test", "b@else.test"));

        Assert.Equal(3, peer.Reads.Count);
        Assert.StartsWith("EHLO", peer.Reads[0], StringComparison.Ordinal);
        Assert.StartsWith("MAIL", peer.Reads[1], StringComparison.Ordinal);
        Assert.EndsWith("DATA\r\n", peer.Reads[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\n.\r\n", peer.Reads[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_carries_no_more_messages_than_it_may()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld(options => options with { MaxMessages = 2 });

        for (var i = 0; i < 5; i++)
            await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal(3, peer.Connections);
        Assert.Equal(2, peer.Heard.Count(line => line == "QUIT"));
    }

    [Fact]
    public async Task Many_domains_at_one_address_keep_a_few_connections_only()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld(options => options with { MaxIdlePerAddress = 3 });

        for (var i = 0; i < 5; i++)
            await world.SendAsync(RelayWorld.Route(peer) with { Key = $"d{i}.test" }, world.Message($"a@d{i}.test"));
        Assert.Equal(3, world.Pool.Count);

        await world.SendAsync(RelayWorld.Route(peer) with { Key = "d4.test" }, world.Message("b@d4.test"));
        Assert.Equal(5, peer.Connections); // the latest serve on
        await world.SendAsync(RelayWorld.Route(peer) with { Key = "d0.test" }, world.Message("b@d0.test"));
        Assert.Equal(6, peer.Connections);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_a_while()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        await world.SendAsync(peer, world.Message("a@else.test"));
        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, world.Pool.Count);
        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, world.Pool.Count);
        await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal(2, peer.Connections);
        Assert.Equal(2, peer.Messages.Count);
    }

    [Fact]
    public async Task Routes_do_not_share_connections()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        await world.SendAsync(RelayWorld.Route(peer), world.Message("a@else.test"));
        await world.SendAsync(RelayWorld.Route(peer) with { Key = "other" }, world.Message("a@else.test"));

        Assert.Equal(2, peer.Connections);
    }

    [Theory]
    [InlineData(PeerScript.Cut)]
    [InlineData("421 4.4.2 you were idle for too long")]
    [InlineData("42" + PeerScript.Cut)]
    public async Task A_kept_connection_that_has_died_is_replaced_at_once(string answer)
    {
        await using var peer = new ScriptedPeer(new PeerScript().On("MAIL", "250 2.1.0 ok", answer, "250 2.1.0 ok"));
        await using var world = new RelayWorld();

        await world.SendAsync(peer, world.Message("a@else.test"));
        var sent = await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal(RelayVerdict.Sent, Verdict(sent));
        Assert.True(sent.Reached);
        Assert.Equal(2, peer.Connections);
        Assert.Equal(2, peer.Messages.Count);
    }

    [Fact]
    public async Task It_is_replaced_once_and_no_more()
    {
        await using var peer = new ScriptedPeer(new PeerScript().On("MAIL", "250 2.1.0 ok", PeerScript.Cut));
        await using var world = new RelayWorld();

        await world.SendAsync(peer, world.Message("a@else.test"));
        var sent = await world.SendAsync(peer, world.Message("a@else.test"));

        Assert.Equal(RelayVerdict.Later, Verdict(sent));
        Assert.Equal(2, peer.Connections);
    }

    [Fact]
    public async Task A_message_whose_claim_is_lost_is_not_ended()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var other = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(RelayWorld.Route(peer, other), world.Message("a@else.test") with { MayFinish = () => false });

        Assert.Equal(RelayVerdict.Later, Verdict(sent));
        Assert.StartsWith("4.4.7", sent.Report.Outcomes[0].Status, StringComparison.Ordinal);
        Assert.Empty(peer.Messages);
        Assert.Equal(0, other.Connections);
        Assert.Equal(0, world.Pool.Count);
    }

    [Fact]
    public async Task A_body_that_is_not_there_is_our_trouble()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();
        var message = world.Message("a@else.test", "b@else.test");
        await world.Bodies.DeleteAsync(message.Body, TestContext.Current.CancellationToken);

        var sent = await world.SendAsync(peer, message);

        Assert.All(sent.Report.Outcomes, outcome => Assert.Equal((RelayVerdict.Later, true), (outcome.Verdict, outcome.Status.StartsWith("4.3.0", StringComparison.Ordinal))));
        Assert.Equal(1, peer.Connections); // the body is opened when a host is there
        Assert.True(sent.Reached);
    }

    [Fact]
    public async Task Who_gives_up_ends_the_attempt_and_harms_no_other()
    {
        await using var silent = new ScriptedPeer(new PeerScript().On("DATA", PeerScript.Silence));
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();
        using var giveUp = new CancellationTokenSource();

        var sending = world.Sender.SendAsync(RelayWorld.Route(silent, peer), world.Message("a@else.test"), giveUp.Token);
        await silent.UntilSilentAsync(TestContext.Current.CancellationToken);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(0, peer.Connections);
        Assert.Equal(RelayVerdict.Sent, Verdict(await world.SendAsync(peer, world.Message("a@else.test"))));
    }

    [Fact]
    public async Task Who_gives_up_before_the_end_of_the_message_does_not_end_it()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();
        using var giveUp = new CancellationTokenSource();
        var message = world.Message("a@else.test") with
        {
            MayFinish = () =>
            {
                giveUp.Cancel();
                return true;
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Sender.SendAsync(RelayWorld.Route(peer), message, giveUp.Token));
        Assert.Empty(peer.Messages);
    }

    [Fact]
    public async Task Who_gives_up_after_the_end_of_the_message_hears_the_answer()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();
        using var giveUp = new CancellationTokenSource();
        peer.AtEnd = giveUp.CancelAsync;

        var sent = await world.Sender.SendAsync(RelayWorld.Route(peer), world.Message("a@else.test"), giveUp.Token);

        Assert.Equal(RelayVerdict.Sent, Verdict(sent));
    }

    [Fact]
    public async Task Who_gives_up_after_the_end_of_the_message_does_not_wait_for_long()
    {
        await using var peer = new ScriptedPeer(new PeerScript().On(".", PeerScript.Silence));
        await using var other = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();
        using var giveUp = new CancellationTokenSource();

        var sending = world.Sender.SendAsync(RelayWorld.Route(peer, other), world.Message("a@else.test"), giveUp.Token);
        await peer.UntilSilentAsync(TestContext.Current.CancellationToken);
        await giveUp.CancelAsync();
        Assert.False(sending.IsCompleted);
        world.Time.Advance(PeerConnection.LastWait);
        var sent = await sending.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(RelayVerdict.Later, Verdict(sent));
        Assert.Equal(0, other.Connections);
    }

    [Theory]
    [InlineData("PIPELINING", "RSET\r\nMAIL")]
    [InlineData("8BITMIME", "RSET\r\n")]
    public async Task A_reset_goes_with_other_commands_only_where_they_may(string offer, string first)
    {
        await using var peer = new ScriptedPeer(new PeerScript().Offer(offer).On("RCPT", "450 4.2.1 later", "250 2.1.5 ok").On("DATA", "503 5.5.1 no recipients"));
        await using var world = new RelayWorld();

        await world.SendAsync(peer, world.Message("a@else.test"));
        await world.SendAsync(peer, world.Message("a@else.test"));

        var read = Assert.Single(peer.Reads, read => read.StartsWith("RSET", StringComparison.Ordinal));
        Assert.Equal(first, read[..Math.Min(read.Length, first.Length)]);
        Assert.Equal(offer == "PIPELINING", read.Length > "RSET\r\n".Length);
    }

    [Fact]
    public async Task A_large_message_passes_in_pieces_unchanged()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();
        var text = $"Subject: large\r\n\r\n{string.Concat(Enumerable.Range(0, 30_000).Select(n => $".line {n} of many\r\n"))}{new string('x', 200_000)}\r\n";

        var sent = await world.SendAsync(peer, world.MessageWith(text, "a@else.test"));

        Assert.Equal(RelayVerdict.Sent, Verdict(sent));
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(Assert.Single(peer.Messages)).Replace("\r\n..", "\r\n.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_peer_that_stops_reading_holds_nobody_up()
    {
        await using var peer = new ScriptedPeer(new PeerScript().Offer("PIPELINING").On("DATA", "354 go on\r\n" + PeerScript.Silence));
        await using var world = new RelayWorld();
        peer.ReadsWhileSilent = false;

        var sent = await world.SendToSilentAsync(peer, world.MessageWith("Subject: x\r\n\r\n" + new string('x', 20_000_000), "a@else.test"));

        Assert.Equal(RelayVerdict.Later, Verdict(sent));
        Assert.StartsWith("4.4.2 no answer to the end of the message in 15 s", sent.Report.Outcomes[0].Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_has_had_enough_is_heard()
    {
        await using var peer = new ScriptedPeer(new PeerScript().Offer("PIPELINING").On("DATA", "354 go on\r\n552 5.3.4 too large\r\n" + PeerScript.Cut));
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(peer, world.MessageWith("Subject: x\r\n\r\n" + new string('x', 20_000_000), "a@else.test"));

        Assert.Equal("Failed 5.3.4 552 5.3.4 too large", $"{Verdict(sent)} {sent.Report.Outcomes[0].Status}");
    }

    [Fact]
    public async Task Hosts_that_take_no_mail_at_all_are_a_failure_only_when_all_are()
    {
        await using var none = new ScriptedPeer(new PeerScript().On("BANNER", "521 5.3.2 no mail"));
        await using var busy = new ScriptedPeer(new PeerScript().On("BANNER", "421 4.3.2 busy"));
        await using var world = new RelayWorld();

        Assert.Equal(RelayVerdict.Failed, Verdict(await world.SendAsync(RelayWorld.Route(none, none), world.Message("a@else.test"))));
        Assert.Equal(RelayVerdict.Later, Verdict(await world.SendAsync(RelayWorld.Route(busy, none), world.Message("a@else.test"))));
        Assert.Equal(RelayVerdict.Later, Verdict(await world.SendAsync(new RelayRoute("none", [], IsSmartHost: false), world.Message("a@else.test"))));
    }

    [Fact]
    public async Task A_thousand_recipients_go_in_groups()
    {
        await using var peer = new ScriptedPeer(new PeerScript().On("RCPT TO:<r500@", "550 5.1.1 not this one"));
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(peer, world.Message([.. Enumerable.Range(0, 1000).Select(n => $"r{n}@else.test")]));

        Assert.Equal([500], Enumerable.Range(0, 1000).Where(n => sent.Report.Outcomes[n].Verdict == RelayVerdict.Failed));
        Assert.Equal(999, sent.Report.Outcomes.Count(outcome => outcome.Verdict == RelayVerdict.Sent));
        Assert.Single(peer.Messages);
    }

    private static RelayVerdict Verdict(Sent sent) => sent.Report.Outcomes[0].Verdict;
}
