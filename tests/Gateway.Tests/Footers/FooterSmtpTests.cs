using System.Text;
using Orleans.Mail.Gateway.Tests.Smtp;

namespace Orleans.Mail.Gateway.Tests.Footers;

/// <summary>Footers on mail that comes in by SMTP.</summary>
public sealed class FooterSmtpTests
{
    [Fact]
    public async Task Mail_for_a_domain_with_a_footer_is_stored_with_it_and_nothing_else_stays()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test", "bob@beta.test");
        await client.SayAsync("Subject: x\r\n\r\nHello\r\n.", "250");

        var (envelope, message) = Assert.Single(world.Router.Submitted);
        Assert.Equal(
            ["Subject: x\r\n\r\nHello\r\n\r\nfoot\r\n", "Subject: x\r\n\r\nHello\r\n"],
            envelope.Recipients.Select(recipient => world.Stored(recipient.Targets[0].Body ?? message.Body).Message));
        Assert.Equal(2, world.Bodies.Count);
    }

    [Theory]
    [InlineData("127.0.0.1", "\r\nHello\r\n\r\nbye\r\n\r\nfoot\r\n", "\r\nHello\r\n\r\nbye\r\n")]
    [InlineData("192.0.2.1", "\r\nHello\r\n\r\nfoot\r\n", "\r\nHello\r\n")]
    public async Task The_outgoing_footer_goes_on_what_a_client_that_may_relay_sends(string local, string forMick, string forBob)
    {
        await using var world = await StartAsync(("CFG_LOCALIP", local));
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<ann@Acme.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await client.SayAsync("RCPT TO:<bob@beta.test>", "250");
        await client.SayAsync("DATA", "354");
        await client.SayAsync("\r\nHello\r\n.", "250");

        var (envelope, message) = Assert.Single(world.Router.Submitted);
        Assert.Equal(
            [forMick, forBob],
            envelope.Recipients.Select(recipient => world.Stored(recipient.Targets[0].Body ?? message.Body).Message));
        Assert.Equal(2, world.Bodies.Count);
    }

    [Fact]
    public async Task A_refused_message_leaves_none_of_its_bodies()
    {
        await using var world = await StartAsync(("submit", "Gone"));
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test", "bob@beta.test");
        await client.SayAsync("\r\nHello\r\n.", "550");

        Assert.Equal(0, world.Bodies.Count);
    }

    [Fact]
    public async Task A_store_that_cannot_take_the_longer_body_is_a_temporary_refusal()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test");
        var received = Encoding.ASCII.GetByteCount("Return-Path: <jane@else.test>\r\n") + 200;
        world.Bodies.FailAfter = received;
        await client.SayAsync($"\r\n{new string('x', 20)}\r\n.", "250");
        await client.StartDataAsync("mick@acme.test");
        world.Bodies.FailAfter = world.Bodies.Octets(world.Router.Submitted[0].Message.Body).Length - 1;
        await client.SayAsync($"\r\n{new string('x', 20)}\r\n.", "451");
    }

    private static async Task<SmtpWorld> StartAsync(params (string Name, string Value)[] settings)
    {
        var world = await SmtpWorld.StartAsync(settings);
        world.Addresses.Settings["acme.test"] = new() { IncomingFooter = new("file", "foot"), OutgoingFooter = new("other", "bye") };
        await world.Domains.RefreshAsync(world.Addresses);
        return world;
    }
}
