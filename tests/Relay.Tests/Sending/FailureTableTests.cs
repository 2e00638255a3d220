using Orleans.Mail.TestKit.Peers;

namespace Orleans.Mail.Relay.Tests.Sending;

/// <summary>A peer that fails at every step, in every way: what becomes of three recipients, and how often the message arrived.</summary>
public sealed class FailureTableTests
{
    private const string Silence = PeerScript.Silence;
    private const string Cut = PeerScript.Cut;

    /// <summary>Step, how it fails, the outcomes of a, b and c (Sent, Later, Failed by their first letters), the start of the status of b.</summary>
    public static TheoryData<string, string, string, string> Table => new()
    {
        // The greeting: a 5xx is the host's, not the message's.
        { "BANNER", "421 4.3.2 busy", "LLL", "4.3.2 421 4.3.2 busy" },
        { "BANNER", "450 later", "LLL", "4.0.0 450 later" },
        { "BANNER", "554 5.7.1 go away", "LLL", "4.7.1 554 5.7.1 go away" },
        { "BANNER", "521 no mail here", "FFF", "5.0.0 521 no mail here" },
        { "BANNER", "556 5.1.10 no mail there", "FFF", "5.1.10 556" },
        { "BANNER", "SSH-2.0-OpenSSH_9", "LLL", "4.5.0" },
        { "BANNER", Silence, "LLL", "4.4.2 no answer to the greeting in 11 s" },
        { "BANNER", Cut, "LLL", "4.4.2 the connection was lost before the answer to the greeting" },
        { "BANNER", "220-pe" + Cut, "LLL", "4.4.2 the connection was lost" },
        { "BANNER", "220-pe" + Silence, "LLL", "4.4.2 no answer to the greeting in 11 s" },

        { "EHLO", "421 4.3.2 busy", "LLL", "4.3.2" },
        { "EHLO", "451 4.3.0 trouble", "LLL", "4.3.0" },
        { "EHLO", "502 5.5.1 HELO please", "SSS", "2.0.0 250" },
        { "EHLO", "521 5.3.2 no mail here", "FFF", "5.3.2" },
        { "EHLO", "250-ok\r\nnonsense", "LLL", "4.5.0" },
        { "EHLO", "354 what", "LLL", "4.5.0 EHLO was answered by 354" },
        { "EHLO", Silence, "LLL", "4.4.2 no answer to EHLO in 11 s" },
        { "EHLO", Cut, "LLL", "4.4.2" },
        { "EHLO", "250-peer.test\r\n250-SI" + Cut, "LLL", "4.4.2" },

        { "MAIL", "421 4.3.2 closing", "LLL", "4.3.2 421" },
        { "MAIL", "451 4.3.0 trouble", "LLL", "4.3.0 451" },
        { "MAIL", "452 4.3.1 disk full", "LLL", "4.3.1 452" },
        { "MAIL", "550 5.7.1 no such sender", "FFF", "5.7.1 550" },
        { "MAIL", "552 5.3.4 too large", "FFF", "5.3.4 552" },
        { "MAIL", "354 what", "LLL", "4.5.0" },
        { "MAIL", "nonsense", "LLL", "4.5.0" },
        { "MAIL", Silence, "LLL", "4.4.2 no answer to MAIL in 12 s" },
        { "MAIL", Cut, "LLL", "4.4.2" },
        { "MAIL", "25" + Cut, "LLL", "4.4.2" },

        // One of three.
        { "RCPT TO:<b@", "450 4.2.1 greylisted", "SLS", "4.2.1 450" },
        { "RCPT TO:<b@", "452 4.5.3 too many", "SLS", "4.5.3 452" },
        { "RCPT TO:<b@", "552 too many recipients", "SLS", "4.0.0 552" },
        { "RCPT TO:<b@", "552 5.5.3 too many recipients", "SLS", "4.5.3 552" },
        { "RCPT TO:<b@", "552 5.2.2 mailbox full", "SFS", "5.2.2 552" },
        { "RCPT TO:<b@", "550 5.1.1 no such user", "SFS", "5.1.1 550 5.1.1 no such user" },
        { "RCPT TO:<b@", "550 4.1.1 which?", "SFS", "5.0.0 550 4.1.1 which?" },
        { "RCPT TO:<b@", "421 4.3.2 closing", "LLL", "4.3.2 421" },
        { "RCPT TO:<b@", "354 what", "LLL", "4.5.0" },
        { "RCPT TO:<b@", "\0\u0001\u0002", "LLL", "4.5.0" },
        { "RCPT TO:<b@", Silence, "LLL", "4.4.2 no answer to RCPT in 13 s" },
        { "RCPT TO:<b@", Cut, "LLL", "4.4.2" },
        { "RCPT TO:<b@", "550 5.1.1 no su" + Cut, "LLL", "4.4.2" },

        // All of them.
        { "RCPT", "550 5.1.1 no such user", "FFF", "5.1.1 550" },
        { "RCPT", "450 4.2.0 later", "LLL", "4.2.0 450" },

        { "DATA", "451 4.3.0 trouble", "LLL", "4.3.0 451" },
        { "DATA", "554 5.5.1 no", "FFF", "5.5.1 554" },
        { "DATA", "421 4.3.2 closing", "LLL", "4.3.2 421" },
        { "DATA", "250 2.0.0 what", "LLL", "4.5.0" },
        { "DATA", "nonsense", "LLL", "4.5.0" },
        { "DATA", Silence, "LLL", "4.4.2 no answer to DATA in 14 s" },
        { "DATA", Cut, "LLL", "4.4.2" },
        { "DATA", "35" + Cut, "LLL", "4.4.2" },

        { ".", "451 4.3.0 trouble", "LLL", "4.3.0 451" },
        { ".", "421 4.3.2 closing", "LLL", "4.3.2 421" },
        { ".", "554 5.7.1 spam", "FFF", "5.7.1 554" },
        { ".", "354 what", "LLL", "4.5.0" },
        { ".", "nonsense", "LLL", "4.5.0" },
        { ".", Silence, "LLL", "4.4.2 no answer to the end of the message in 15 s" },
        { ".", Cut, "LLL", "4.4.2 the connection was lost before the answer to the end of the message" },
        { ".", "250 2.0.0 tak" + Cut, "LLL", "4.4.2" },
    };

    public static TheoryData<string, string, string, string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string, string, bool>();
            foreach (var row in Table)
            {
                cases.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3, row.Data.Item4, true);
                cases.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3, row.Data.Item4, false);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Each_recipient_gets_the_outcome_that_the_peer_means(string step, string answer, string expected, string status, bool pipelines)
    {
        var script = new PeerScript().On(step, answer);
        if (!pipelines)
            script.Offers.Remove("PIPELINING");
        await using var peer = new ScriptedPeer(script);
        await using var world = new RelayWorld();
        var message = world.Message("a@else.test", "b@else.test", "c@else.test");

        var sent = answer.EndsWith(Silence, StringComparison.Ordinal) ? await world.SendToSilentAsync(peer, message) : await world.SendAsync(peer, message);

        Assert.Equal(expected, string.Concat(sent.Report.Outcomes.Select(outcome => outcome.Verdict.ToString()[0])));
        Assert.StartsWith(status, sent.Report.Outcomes[1].Status, StringComparison.Ordinal);
        Assert.Equal(step is not ("BANNER" or "EHLO") || expected == "SSS", sent.Reached);
        Assert.InRange(peer.Messages.Count(message => message.Length > 0), expected.Contains('S', StringComparison.Ordinal) ? 1 : 0, expected.Contains('S', StringComparison.Ordinal) || step == "." ? 1 : 0);
        Assert.Equal(1, peer.Connections);
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Another_host_gets_what_the_first_neither_took_nor_refused(string step, string answer, string expected, string status, bool pipelines)
    {
        if (answer.EndsWith(Silence, StringComparison.Ordinal))
            return; // as with a cut
        _ = status;
        var script = new PeerScript().On(step, answer);
        if (!pipelines)
            script.Offers.Remove("PIPELINING");
        await using var peer = new ScriptedPeer(script);
        await using var other = new ScriptedPeer(new PeerScript());
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(RelayWorld.Route(peer, other), world.Message("a@else.test", "b@else.test", "c@else.test"));

        var isHosts = step is "BANNER" or "EHLO" || !char.IsAsciiDigit(answer[0]) || answer.StartsWith("421", StringComparison.Ordinal) || answer.EndsWith(Cut, StringComparison.Ordinal) || sent.Report.Outcomes.Any(outcome => outcome.Status.StartsWith("4.5.0", StringComparison.Ordinal));
        isHosts |= (step, answer) is ("MAIL" or "RCPT TO:<b@", "354 what") or ("DATA", "250 2.0.0 what");
        var goesOn = isHosts && step != ".";
        Assert.Equal(goesOn ? "SSS" : expected, string.Concat(sent.Report.Outcomes.Select(outcome => outcome.Verdict.ToString()[0])));
        Assert.Equal(goesOn && !(step == "EHLO" && expected == "SSS") ? 1 : 0, other.Connections);
        Assert.InRange(peer.Messages.Concat(other.Messages).Count(message => message.Length > 0), 0, 1);
    }

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_tried_again()
    {
        await using var world = new RelayWorld();

        var sent = await world.SendAsync(new RelayRoute("mx.test", [RelayWorld.Nobody()], IsSmartHost: false), world.Message("a@else.test"));

        var outcome = Assert.Single(sent.Report.Outcomes);
        Assert.Equal(Grains.RelayVerdict.Later, outcome.Verdict);
        Assert.StartsWith("4.4.1 no connection", outcome.Status, StringComparison.Ordinal);
        Assert.False(sent.Reached);
    }
}
