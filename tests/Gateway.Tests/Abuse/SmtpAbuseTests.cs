using System.Net;
using Orleans.Mail.Gateway.Tests.Smtp;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Abuse;

/// <summary>Rates, probes and early talkers at the SMTP port.</summary>
public sealed class SmtpAbuseTests
{
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.9");

    [Fact]
    public async Task Whoever_looks_for_recipients_is_blocked_everywhere()
    {
        await using var world = await SmtpWorld.StartAsync(("Abuse:Probes", "3"));
        await using (var client = await SmtpClient.ConnectAsync(world, address: Stranger))
        {
            await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
            for (var i = 0; i < 3; i++)
                await client.SayAsync($"RCPT TO:<nobody{i}@acme.test>", "550 5.1.1");
            await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
            await client.SayAsync("RCPT TO:<nobody4@acme.test>", "421 4.7.0");
            Assert.Null(await client.ReadAsync());
        }

        await using var again = await SmtpClient.OpenAsync(world, Stranger, "", "421 4.7.0 your address is blocked");
        Assert.Equal(("203.0.113.9", TimedReasons.Probes, world.Time.GetUtcNow() + TimeSpan.FromHours(1)), Assert.Single(world.Abuse.Blocks.Entries) is var block ? (block.Subject, block.Reason, block.Until) : default);
        Assert.Contains("refused reason=unknown-recipient client=203.0.113.9 port=smtp name=\"nobody0@acme.test\" reply=\"550 5.1.1 no such mailbox\" sender=\"jane@else.test\"", world.Perimeter.Refused);
        Assert.Contains("refused reason=probes client=203.0.113.9 port=smtp name=\"\" reply=\"421 4.7.0 your address is blocked for a while\"", world.Perimeter.Refused);
        Assert.Contains("refused reason=blocked client=203.0.113.9 port=smtp name=\"\" reply=\"421 4.7.0 your address is blocked for a while\"", world.Perimeter.Refused);
    }

    [Fact]
    public async Task A_block_that_was_lifted_leaves_all_probes()
    {
        await using var world = await SmtpWorld.StartAsync(("Abuse:Probes", "1"));
        await using (var client = await SmtpClient.ConnectAsync(world, address: Stranger))
        {
            await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
            await client.SayAsync("RCPT TO:<nobody1@acme.test>", "550 5.1.1");
            await client.SayAsync("RCPT TO:<nobody2@acme.test>", "421 4.7.0");
        }

        await world.Perimeter.Blocks.RefreshAsync();
        await world.Abuse.Blocks.RemoveAsync("203.0.113.9");
        await world.Perimeter.Blocks.RefreshAsync();

        await using var again = await SmtpClient.ConnectAsync(world, address: Stranger);
        await again.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await again.SayAsync("RCPT TO:<nobody1@acme.test>", "550 5.1.1");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("192.0.2.1")]
    public async Task Who_is_exempt_or_may_relay_names_as_many_recipients_as_it_likes(string address)
    {
        await using var world = await SmtpWorld.StartAsync(("Abuse:Probes", "1"));
        await using var client = await SmtpClient.ConnectAsync(world, address: IPAddress.Parse(address));
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        for (var i = 0; i < 5; i++)
            await client.SayAsync($"RCPT TO:<nobody{i}@acme.test>", "550 5.1.1");
    }

    [Fact]
    public async Task An_address_connects_and_sends_so_often_in_a_minute()
    {
        await using var world = await SmtpWorld.StartAsync(("Abuse:ConnectionRate", "2"), ("Abuse:MessageRate", "3"));
        await using var first = await SmtpClient.ConnectAsync(world, address: Stranger);
        await using (await SmtpClient.ConnectAsync(world, address: Stranger))
        await using (await SmtpClient.OpenAsync(world, Stranger, "", "421 4.7.0"))
        await using (await SmtpClient.ConnectAsync(world, address: IPAddress.Parse("203.0.113.10")))
        {
            for (var i = 0; i < 3; i++)
            {
                await first.SayAsync("MAIL FROM:<jane@else.test>", "250");
                await first.SayAsync("RSET", "250");
            }

            world.Time.Advance(TimeSpan.FromSeconds(20));
            await first.SayAsync("MAIL FROM:<jane@else.test>", "250");
            await first.SayAsync("RSET", "250");
            await first.SayAsync("MAIL FROM:<jane@else.test>", "421 4.7.0 too many messages");
        }

        world.Time.Advance(TimeSpan.FromSeconds(30));
        await using var later = await SmtpClient.ConnectAsync(world, address: Stranger);
        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith("refused reason=connection-rate client=203.0.113.9 ", StringComparison.Ordinal));
        Assert.Contains(world.Perimeter.Refused, line => line.StartsWith("refused reason=message-rate client=203.0.113.9 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_block_holds_for_sessions_that_are_open_already()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await world.Abuse.Blocks.AddAsync(new TimedEntry("203.0.113.9", world.Time.GetUtcNow() + TimeSpan.FromMinutes(1), TimedReasons.Logins));
        await world.Perimeter.Blocks.RefreshAsync();
        await client.SayAsync("MAIL FROM:<jane@else.test>", "421 4.7.0 your address is blocked");
    }

    [Theory]
    [InlineData("203.0.113.9", "EHLO client.test\r\n", "554 5.5.1")]
    [InlineData("203.0.113.9", "E", "554 5.5.1")]
    [InlineData("127.0.0.1", "EHLO client.test\r\n", "220")]
    public async Task A_stranger_who_speaks_before_the_greeting_is_refused(string address, string early, string reply)
    {
        await using var world = await SmtpWorld.StartAsync(("Smtp:BannerDelay", "5"));
        await using var client = await SmtpClient.OpenAsync(world, IPAddress.Parse(address), early, reply);
        Assert.Equal(reply[0] == '5', world.Perimeter.Refused.Any(line => line.StartsWith("refused reason=early-talker client=203.0.113.9 port=smtp ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_stranger_who_keeps_silent_is_greeted_when_the_delay_is_over()
    {
        await using var world = await SmtpWorld.StartAsync(("Smtp:BannerDelay", "5"));
        await using var wire = new WireConnection(Stranger);
        wire.Start(world.Handler);
        var greeting = wire.ReadLineAsync(TestContext.Current.CancellationToken);
        world.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(greeting.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.StartsWith("220 ", await greeting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await wire.SendAsync("QUIT\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.StartsWith("221 ", await wire.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_names_cannot_pretend_to_be_another_field()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, address: Stranger);
        await client.SayAsync("MAIL FROM:<\"x\\\" client=192.0.2.1 y\"@else.test>", "250");
        await client.SayAsync("RCPT TO:<\"a\\\" reply=\\\"250\"@acme.test>", "550");

        var line = Assert.Single(world.Perimeter.Refused);
        Assert.Matches("^refused reason=unknown-recipient client=203\\.0\\.113\\.9 port=smtp name=\"[^\"]*\" reply=\"550 5\\.1\\.1 no such mailbox\" sender=\"[^\"]*\"$", line);
    }
}
