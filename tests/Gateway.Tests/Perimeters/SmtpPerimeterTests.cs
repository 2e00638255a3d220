using System.Net;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tests.Smtp;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>What the transcripts cannot say: addresses, and changes during a session.</summary>
public sealed class SmtpPerimeterTests
{
    private static readonly IPAddress Proxy = IPAddress.Parse("198.51.100.1");
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.9");

    [Fact]
    public async Task An_entry_holds_for_sessions_that_are_open_already()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RSET", "250");

        await world.DenyLists.AddAsync(["IPIN=203.0.113.0/24"]);
        await world.Perimeter.Denied.RefreshAsync();

        await client.SayAsync("MAIL FROM:<jane@else.test>", "554 5.7.1");
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.9 198.51.100.2 1 25\r\n", "203.0.113.9")]
    [InlineData("PROXY TCP6 2001:db8::9 2001:db8::1 1 25\r\n", "IPv6:2001:db8::9")]
    [InlineData("PROXY UNKNOWN\r\n", "198.51.100.1")]
    public async Task The_client_in_the_header_stands_in_Received(string header, string shown)
    {
        await using var world = await SmtpWorld.StartAsync(("Gateway:TrustedProxies", "198.51.100.1"));
        await using var client = await SmtpClient.OpenAsync(world, Proxy, header);
        await client.SayAsync("EHLO client.test", "250");
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync("Subject: x\r\n\r\nx\r\n.", "250");

        Assert.Contains($"Received: from client.test ([{shown}])", world.Stored(Assert.Single(world.Router.Submitted).Message.Body).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_that_the_client_reached_is_that_of_the_header()
    {
        await using var world = await SmtpWorld.StartAsync(("Gateway:TrustedProxies", "198.51.100.1"), ("CFG_POSTMASTER", "mick@acme.test"));
        await using var client = await SmtpClient.OpenAsync(world, Proxy, "PROXY TCP4 203.0.113.9 198.51.100.2 1 25\r\n");
        await client.SayAsync("EHLO client.test", "250");
        await client.SayAsync("MAIL FROM:<>", "250");
        await client.SayAsync("RCPT TO:<postmaster@[198.51.100.2]>", "250");
        await client.SayAsync("RCPT TO:<postmaster@[127.0.0.1]>", "550");
    }

    [Fact]
    public async Task The_limit_of_an_address_counts_clients_and_not_their_proxy()
    {
        var header = "PROXY TCP4 203.0.113.9 198.51.100.2 1 25\r\n";
        await using var world = await SmtpWorld.StartAsync(("Gateway:TrustedProxies", "198.51.100.1"), ("Limits:ConnectionsPerAddress", "2"));
        await using (var first = await SmtpClient.OpenAsync(world, Proxy, header))
        await using (var second = await SmtpClient.OpenAsync(world, Proxy, header))
        {
            await using var third = await SmtpClient.OpenAsync(world, Proxy, header, "421 4.7.0");
            await using var other = await SmtpClient.OpenAsync(world, Proxy, "PROXY TCP4 203.0.113.10 198.51.100.2 1 25\r\n");
            await using var direct = await SmtpClient.OpenAsync(world, Stranger, "", "421 4.7.0");
            await second.SayAsync("QUIT", "221");
            await second.Wire.SessionAsync(second.Limit);
            await using var next = await SmtpClient.OpenAsync(world, Stranger, "");
        }
    }

    [Fact]
    public async Task A_network_of_IPv6_has_the_connections_of_one_client()
    {
        await using var world = await SmtpWorld.StartAsync(("Limits:ConnectionsPerAddress", "2"));
        await using var first = await SmtpClient.OpenAsync(world, IPAddress.Parse("2001:db8::1"), "");
        await using var second = await SmtpClient.OpenAsync(world, IPAddress.Parse("2001:db8::2"), "");
        await using var third = await SmtpClient.OpenAsync(world, IPAddress.Parse("2001:db8::3"), "", "421 4.7.0");
        await using var other = await SmtpClient.OpenAsync(world, IPAddress.Parse("2001:db8:0:1::1"), "");
    }

    [Theory]
    [InlineData("203.0.113.9", "554 5.6.0")]
    [InlineData("192.0.2.1", "250")]
    public async Task Only_clients_that_may_relay_have_their_line_ends_repaired(string address, string reply)
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, address: IPAddress.Parse(address));
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync("Subject: x\r\n\r\none\ntwo\rthree\r\n.", reply);

        if (reply == "250")
            Assert.Equal("Subject: x\r\n\r\none\r\ntwo\r\nthree\r\n", world.Stored(Assert.Single(world.Router.Submitted).Message.Body).Message);
        else
            Assert.Empty(world.Router.Submitted);
        Assert.Equal(reply == "250" ? 1 : 0, world.Bodies.Count);
    }

    [Fact]
    public async Task A_permit_is_asked_for_only_when_a_line_end_stands_alone()
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_ANTI_RELY", "2"));
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync("Subject: x\r\n\r\nx\r\n.", "250");
        Assert.Empty(world.Permits.Asked);

        await world.Permits.Find(Stranger.ToString()).GrantAsync(TimeSpan.FromMinutes(1));
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync("Subject: x\r\n\r\nx\ny\r\n.", "250");
        Assert.Equal([Stranger.ToString()], world.Permits.Asked);

        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Permits.Trouble = new TimeoutException("no answer");
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync("Subject: x\r\n\r\nx\ny\r\n.", "451 4.3.0");
        Assert.Equal(2, world.Bodies.Count);
    }

    [Fact]
    public async Task Connections_without_their_header_yet_count_against_the_whole()
    {
        await using var world = await SmtpWorld.StartAsync(("Gateway:TrustedProxies", "198.51.100.1"), ("Limits:Connections", "1"));
        await using var waiting = new TestKit.Wire.WireConnection(Proxy);
        waiting.Start(world.Handler);
        Assert.Equal(1, world.Connections.Count(ProtocolKind.Smtp));
        await using var other = await SmtpClient.OpenAsync(world, Stranger, "", "421 4.7.0");
        waiting.CloseSending();
        await waiting.SessionAsync(other.Limit);
        Assert.Equal(0, world.Connections.Count(ProtocolKind.Smtp));
    }
}
