using System.Net;
using Orleans.Mail.Gateway.Tests.Smtp;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>RCPT for recipients that are not ours.</summary>
public sealed class RelayTests
{
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.9");

    /// <summary>The forms by which open relays are looked for.</summary>
    [Theory]
    [InlineData("x@far.test", "550 5.7.1")]
    [InlineData("@acme.test:x@far.test", "550 5.7.1")]
    [InlineData("x%far.test@acme.test", "550 5.1.1")]
    [InlineData("x!far.test@acme.test", "550 5.1.1")]
    [InlineData("far.test!x@acme.test", "550 5.1.1")]
    [InlineData("\"x@far.test\"@acme.test", "550 5.1.1")]
    [InlineData("\"x%far.test\"@acme.test", "550 5.1.1")]
    [InlineData("\"x@far.test\"", "501")]
    [InlineData("x%far.test", "501")]
    [InlineData("x@[203.0.113.9]", "550 5.7.1")]
    [InlineData("x@[127.0.0.1]", "550 5.1.1")]
    [InlineData("x%far.test@[127.0.0.1]", "550 5.1.1")]
    [InlineData("x@far.test@acme.test", "501")]
    [InlineData("postmaster@far.test", "550 5.7.1")]
    [InlineData("mick@acme.test.", "501")]
    public async Task A_stranger_is_refused_in_every_form(string recipient, string reply)
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_ANTI_RELY", "2"));
        foreach (var sender in (string[])["", "jane@else.test", "mick@acme.test", "x@[127.0.0.1]", "postmaster@acme.test"])
        {
            await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
            await client.SayAsync($"MAIL FROM:<{sender}>", "250");
            await client.SayAsync($"RCPT TO:<{recipient}>", reply);
        }
    }

    [Fact]
    public async Task Who_may_relay_sends_anywhere_and_the_queue_gets_it()
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_LOCALIP", "203.0.113.0/24"));
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.StartDataAsync("X@Far.Test", "\"a b\"@buecher.test", "mick@acme.test");
        await client.SayAsync("Subject: x\r\n\r\nx\r\n.", "250 2.0.0 queued");

        var targets = Assert.Single(world.Router.Submitted).Envelope.Recipients.Select(recipient => (recipient.Address, recipient.Targets[0].Kind, recipient.Targets[0].Address));
        Assert.Equal(
            [("X@Far.Test", TargetKind.Remote, "X@far.test"), ("\"a b\"@buecher.test", TargetKind.Remote, "a b@buecher.test"), ("mick@acme.test", TargetKind.Mailbox, "mick@acme.test")],
            targets);
        Assert.Empty(world.Permits.Asked);
    }

    [Fact]
    public async Task A_permit_is_asked_for_once_a_session_and_only_for_others_recipients()
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_ANTI_RELY", "2"));
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        Assert.Empty(world.Permits.Asked);
        await client.SayAsync("RCPT TO:<x@far.test>", "550 5.7.1");
        await world.Permits.Find(Stranger.ToString()).GrantAsync(TimeSpan.FromMinutes(15));

        for (var i = 0; i < 50; i++)
            await client.SayAsync($"RCPT TO:<x{i}@far.test>", "250");

        Assert.Equal(2, world.Permits.Asked.Count);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_a_temporary_failure()
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_ANTI_RELY", "2"));
        world.Permits.Trouble = new TimeoutException("no answer");
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<x@far.test>", "451 4.3.0");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
    }

    [Fact]
    public async Task Denied_recipients_are_refused_to_those_who_may_relay()
    {
        await using var world = await SmtpWorld.StartAsync(
            ("CFG_LOCALIP", "203.0.113.9"), ("deny", "DOMAINOUT=far.test DOMAINOUT=.sub.test MAILBOXOUT=joe@else.test MAILBOXOUT=mick@acme.test DOMAINOUT=acme.test DOMAININ=in.test"));
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.SayAsync("MAIL FROM:<>", "250");
        await client.SayAsync("RCPT TO:<x@FAR.test>", "550 5.7.1 mail to that recipient");
        await client.SayAsync("RCPT TO:<x@a.sub.test>", "550 5.7.1 mail to that recipient");
        await client.SayAsync("RCPT TO:<Joe@else.test>", "550 5.7.1 mail to that recipient");
        await client.SayAsync("RCPT TO:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<x@in.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250"); // it does not leave
    }

    [Theory]
    [InlineData("203.0.113.9", "mick@acme.test", false)]
    [InlineData("192.0.2.1", "mick@acme.test", true)]
    [InlineData("192.0.2.1", "jane@else.test", false)]
    [InlineData("192.0.2.1", "", false)]
    public async Task The_router_believes_senders_of_ours_from_clients_that_may_relay(string client, string sender, bool believed)
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var session = await SmtpClient.ConnectAsync(world, address: IPAddress.Parse(client));
        await session.SayAsync($"MAIL FROM:<{sender}>", "250");
        await session.SayAsync("RCPT TO:<ann@acme.test>", "250");

        Assert.Equal(believed, Assert.Single(world.Router.Asked).MayRelay);
    }
}
