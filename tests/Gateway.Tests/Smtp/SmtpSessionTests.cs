using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Tests.Smtp;

public sealed class SmtpSessionTests
{
    [Fact]
    public async Task An_idle_session_ends_when_the_gateway_drains()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.Wire.UntilIdleAsync(client.Limit);

        var stopping = world.Connections.StoppingAsync(client.Limit);

        Assert.Equal("421 4.3.2 the server is stopping", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
        await stopping.WaitAsync(client.Limit);
    }

    [Fact]
    public async Task A_running_transaction_ends_before_the_session_does()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.Wire.UntilIdleAsync(client.Limit);

        var stopping = world.Connections.StoppingAsync(client.Limit);
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await client.SayAsync("DATA", "354");
        await client.SayAsync("x\r\n.", "250");

        Assert.Equal("421 4.3.2 the server is stopping", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
        await stopping.WaitAsync(client.Limit);
        Assert.Single(world.Router.Submitted);
    }

    [Fact]
    public async Task Who_comes_while_the_gateway_drains_is_told_that_it_stops()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        var stopping = world.Connections.StoppingAsync(client.Limit);

        await using var late = await SmtpClient.OpenAsync(world, IPAddress.Parse("198.51.100.7"), "", "421 4.3.2 the server is stopping");

        Assert.Null(await late.ReadAsync());
        Assert.Equal(
            "refused reason=stopping client=198.51.100.7 port=smtp name=\"\" reply=\"421 4.3.2 the server is stopping\"", Assert.Single(world.Perimeter.Refused));
        await client.SayAsync("RSET", "250");
        await stopping.WaitAsync(client.Limit);
    }

    [Fact]
    public async Task A_transaction_that_does_not_end_is_cut_off_and_counted()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var idle = await SmtpClient.ConnectAsync(world);
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test");
        await client.Wire.UntilIdleAsync(client.Limit);

        var stopping = world.Connections.StoppingAsync(client.Limit);
        await idle.Wire.SessionAsync(client.Limit);
        Assert.False(stopping.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(20));
        await stopping.WaitAsync(client.Limit);

        Assert.Equal("the server is stopping", client.Wire.Aborted?.Message);
        Assert.Equal(
            [(LogLevel.Information, "stopping; connections that get 20 s to end: 2"), (LogLevel.Information, "drained after 20.0 s; connections that were cut off: 1")],
            world.ConnectionLog.Lines.Select(line => (line.Level, line.Text.TrimEnd())));
    }

    [Fact]
    public async Task Errors_past_the_soft_limit_are_answered_later_and_later()
    {
        await using var world = await SmtpWorld.StartAsync(("Smtp:SoftErrors", "1"));
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("X", "500");
        foreach (var seconds in new[] { 1, 2 })
        {
            await client.SendAsync("X\r\n");
            var reply = client.ReadAsync();
            world.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(reply.IsCompleted);
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal("500 5.5.1 unknown command", await reply);
        }

        await client.SayAsync("NOOP", "250");
    }

    [Fact]
    public async Task Replies_to_a_group_of_commands_go_out_together()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.Wire.UntilIdleAsync(client.Limit);
        var before = client.Wire.Flushes;

        await client.SendAsync("MAIL FROM:<jane@else.test>\r\nRCPT TO:<mick@acme.test>\r\nRCPT TO:<ann@acme.test>\r\nDATA\r\n");
        await client.Wire.UntilIdleAsync(client.Limit);
        await client.SendAsync("x\r\n.\r\nRSET\r\nNOOP\r\n");
        await client.Wire.UntilIdleAsync(client.Limit);

        Assert.Equal(2, client.Wire.Flushes - before);
        foreach (var code in new[] { "250", "250", "250", "354", "250", "250", "250" })
            Assert.StartsWith(code, await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HELO pc", "", "SMTP")]
    [InlineData("EHLO client.test", "", "ESMTP")]
    [InlineData("EHLO client.test", " SMTPUTF8", "UTF8SMTP")]
    public async Task The_stored_message_begins_with_our_fields(string hello, string parameters, string with)
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, hello, IPAddress.Parse("::ffff:192.0.2.7"));
        await client.SayAsync($"MAIL FROM:<jane@else.test>{parameters}", "250");
        await client.SayAsync("RCPT TO:<mick+x@acme.test>", "250");
        await client.SayAsync("DATA", "354");
        var reply = await client.SayAsync("Return-Path: <fake@else.test>\r\n.", "250 2.0.0 queued as ");

        var message = Assert.Single(world.Router.Submitted).Message;
        Assert.EndsWith(message.Id.ToString(), reply, StringComparison.Ordinal);
        var (head, body) = world.Stored(message.Body);
        Assert.Equal(
            $"Return-Path: <jane@else.test>\r\nReceived: from {hello[5..]} ([192.0.2.7]) by mx.acme.test with {with} id {message.Id} "
            + "for <mick+x@acme.test>;\r\n\tSun, 01 Mar 2026 12:00:00 +0000\r\n",
            head);
        Assert.Equal("Return-Path: <fake@else.test>\r\n", body);
        Assert.Equal(1, world.Counters.MailsReceived);
    }

    [Fact]
    public async Task The_store_is_told_who_will_hold_the_body_only_when_there_is_one_mailbox()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test", "MICK@acme.test", "mick+a@acme.test");
        await client.SayAsync(".", "250");
        await client.StartDataAsync("mick@acme.test", "ann@acme.test");
        await client.SayAsync(".", "250");

        var (one, two) = (world.Router.Submitted[0], world.Router.Submitted[1]);
        Assert.Equal(Storage.MailboxKeys.EntryOf("box-mick@acme.test", one.Message.Id), world.Bodies.Hint(one.Message.Body).SoleHolder);
        Assert.Equal("mick@acme.test", Assert.Single(one.Envelope.Recipients).Address);
        Assert.Null(world.Bodies.Hint(two.Message.Body).SoleHolder);
        Assert.DoesNotContain(" for <", world.Stored(two.Message.Body).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_outcome_is_asked_for_again_under_the_same_id()
    {
        await using var world = await SmtpWorld.StartAsync(("submit", "Throws TryAgain"));
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync(".", "451 4.3.0");

        Assert.Equal(2, world.Router.Submitted.Count);
        Assert.Equal(world.Router.Submitted[0].Message, world.Router.Submitted[1].Message);
        Assert.Equal(1, world.Bodies.Count);
        Assert.Equal(0, world.Counters.MailsReceived);
    }

    [Fact]
    public async Task A_body_that_nobody_wants_any_more_is_deleted()
    {
        await using var world = await SmtpWorld.StartAsync(("submit", "Gone"));
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test", "ann@acme.test");
        await client.SayAsync(".", "550 5.1.1");

        Assert.Equal(0, world.Bodies.Count);
    }

    [Fact]
    public async Task A_fault_is_answered_with_the_connections_id()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        world.Bodies.Gate = Task.FromException(new InvalidOperationException("a bug"));
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync(".", "451 4.3.0 something went wrong here, try again later (wire-1)");

        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task Messages_and_refused_recipients_are_counted()
    {
        var counted = new List<(string Name, long Value, object? Code)>();
        await using var world = await SmtpWorld.StartAsync();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter == world.Metrics.Meter)
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => counted.Add((instrument.Name, value, tags.Length == 0 ? null : tags[0].Value)));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => counted.Add((instrument.Name, 1, null)));
        listener.Start();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<nobody@acme.test>", "550");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await client.SayAsync("DATA", "354");
        await client.SayAsync("x\r\n.", "250");

        Assert.Equal(
            [("mail.smtp.recipients.refused", 1, 550), ("mail.smtp.messages", 1, 250), ("mail.smtp.octets", 3, null), ("mail.smtp.acceptance", 1, null)],
            counted);
    }
}
