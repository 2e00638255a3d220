using MimeKit;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>Mail leaves the whole server, as its users, its operator and the other hosts see it.</summary>
public sealed class OutboundTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CountingSink peer = new();
    private ServerUnderTest server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerUnderTest.StartAsync(null, $"--Relay:SmartHost={peer.Address}");
        await server.AddUserAsync("mick");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task A_message_leaves_as_it_came_with_our_received_field_and_without_our_return_path()
    {
        const string Text = "Subject: one\r\n\r\n.dot\r\n..two\r\nend\r\n";

        Assert.StartsWith("250 2.0.0 queued as ", await SubmitAsync("mick@acme.test", ["ann@far.test"], Text), StringComparison.Ordinal);

        var taken = await peer.ReceiveAsync();
        Assert.StartsWith("<mick@acme.test>", taken.Sender, StringComparison.Ordinal);
        Assert.Equal("<ann@far.test>", Assert.Single(taken.Recipients));
        Assert.StartsWith("Received: ", taken.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Return-Path:", taken.Text, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith(Text, taken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipients_of_one_domain_share_a_transaction_and_the_refused_one_is_reported_alone()
    {
        peer.Answer = line => line.StartsWith("RCPT TO:<no@", StringComparison.Ordinal) ? "550 5.1.1 nobody of that name" : null;

        await SubmitAsync("mick@acme.test", ["ann@far.test", "no@far.test", "bob@far.test"], "Subject: three\r\n\r\nx\r\n");

        var taken = await peer.ReceiveAsync();
        Assert.Equal(["<ann@far.test>", "<bob@far.test>"], taken.Recipients.Order());
        var report = await FetchReportAsync();
        Assert.Contains("no@far.test", report.TextBody, StringComparison.Ordinal);
        Assert.Contains("nobody of that name", report.TextBody, StringComparison.Ordinal);
        var status = Assert.Single(StatusOf(report).StatusGroups.Skip(1));
        Assert.Equal("rfc822;no@far.test", status["Final-Recipient"]!.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("failed", status["Action"]);
        Assert.Equal("5.1.1", status["Status"]);
    }

    [Fact]
    public async Task What_is_refused_for_now_waits_and_the_operator_sees_and_sends_it()
    {
        var refusals = 1;
        peer.Answer = line => line.StartsWith("RCPT", StringComparison.Ordinal) && Interlocked.Decrement(ref refusals) >= 0 ? "451 4.3.2 later please" : null;

        var id = (await SubmitAsync("mick@acme.test", ["ann@far.test"], "Subject: later\r\n\r\nx\r\n")).Split(' ')[^1];

        var waiting = await UntilAsync("QUEUE SHOW ALL", lines => lines[0].Contains("4.3.2", StringComparison.Ordinal));
        Assert.StartsWith("mick@acme.test\tann@far.test\t", waiting[0], StringComparison.Ordinal);
        Assert.Contains($"451 4.3.2 later please\t{id}\tretry\t", waiting[0], StringComparison.Ordinal);
        Assert.Equal(["OK0800 1 due now"], await server.ManageAsync("QUEUE RESEND DOMAIN=far.test"));
        Assert.EndsWith("Subject: later\r\n\r\nx\r\n", (await peer.ReceiveAsync()).Text, StringComparison.Ordinal);
        await UntilAsync("QUEUE SHOW ALL", lines => lines[0] == "OK0800 0 listed");
        var trace = await server.ManageAsync($"MSG TRACE ID={id}");
        Assert.StartsWith("accepted\t", trace[0], StringComparison.Ordinal);
        Assert.StartsWith("recipient\tann@far.test\tremote\tann@far.test\tfinished: ", trace[1], StringComparison.Ordinal);
        Assert.Contains("later please", trace[2], StringComparison.Ordinal);
        Assert.Contains("taken", trace[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_mail_stays_until_it_is_released_and_deleted_mail_is_reported_unless_told_not_to()
    {
        peer.Answer = line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "421 4.3.2 not now" : null;
        foreach (var name in (string[])["held", "gone", "silent"])
            await SubmitAsync("mick@acme.test", [$"{name}@far.test"], $"Subject: {name}\r\n\r\nx\r\n");
        await UntilAsync("QUEUE SHOW ALL", lines => lines.Count == 4 && lines.SkipLast(1).All(line => line.Contains("not now", StringComparison.Ordinal)));

        Assert.Equal(["OK0800 1 held"], await server.ManageAsync("QUEUE HOLD MAILBOX=held@far.test"));
        Assert.Equal(["OK0800 1 deleted"], await server.ManageAsync("QUEUE DEL MAILBOX=silent@far.test NODSN"));
        Assert.Equal(["OK0800 1 deleted"], await server.ManageAsync("QUEUE DEL MAILBOX=gone@far.test"));

        var report = await FetchReportAsync();
        Assert.Contains("gone@far.test", report.TextBody, StringComparison.Ordinal);
        Assert.EndsWith("\theld", (await server.ManageAsync("QUEUE SHOW ALL"))[0], StringComparison.Ordinal);
        peer.Answer = static _ => null;
        Assert.Equal(["OK0800 1 released"], await server.ManageAsync("QUEUE RELEASE ALL"));
        Assert.Contains("Subject: held", (await peer.ReceiveAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forward_leaves_with_a_sender_of_ours_and_its_bounce_finds_the_sender()
    {
        await server.ManageAsync("USER ADD NAME=eve DOMAIN=acme.test FORWARD=eve@far.test");
        peer.Answer = line => line.StartsWith("RCPT TO:<eve@", StringComparison.Ordinal) ? "550 5.2.1 gone" : null;

        await SubmitAsync("jane@else.test", ["eve@acme.test"], "Subject: hi\r\n\r\nx\r\n");

        var report = await peer.ReceiveAsync(); // jane is elsewhere, so it leaves, too
        Assert.StartsWith("<>", report.Sender, StringComparison.Ordinal);
        Assert.Equal("<jane@else.test>", Assert.Single(report.Recipients).Split(' ')[0]);
        Assert.Contains("eve@", report.Text, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied", report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_cannot_be_delivered_is_not_reported()
    {
        peer.Answer = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 nobody" : null;

        await SubmitAsync("jane@else.test", ["ann@far.test"], "Subject: hi\r\n\r\nx\r\n");

        await UntilAsync("QUEUE SHOW ALL", lines => lines[0] == "OK0800 0 listed");
        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));
        Assert.Empty(peer.Arrivals);
    }

    [Fact]
    public async Task Success_is_reported_when_it_was_asked_for_and_the_peer_does_not_report()
    {
        await SubmitAsync("mick@acme.test", ["ann@far.test> NOTIFY=SUCCESS ORCPT=rfc822;Ann@far.test"], "Subject: yes\r\n\r\nx\r\n", "RET=HDRS ENVID=QQ314159");

        await peer.ReceiveAsync();
        var status = StatusOf(await FetchReportAsync());
        Assert.Equal("QQ314159", status.StatusGroups[0]["Original-Envelope-Id"]);
        Assert.Equal("relayed", status.StatusGroups[1]["Action"]);
        Assert.StartsWith("2.", status.StatusGroups[1]["Status"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_over_its_daily_cap_is_held()
    {
        await using var capped = await ServerUnderTest.StartAsync(null, $"--Relay:SmartHost={peer.Address}", "--Queue:DailyCap=2");
        await capped.AddUserAsync("mick");
        foreach (var name in (string[])["a", "b", "c"])
            await SubmitAsync(capped, "mick@acme.test", [$"{name}@far.test"], $"Subject: {name}\r\n\r\nx\r\n", "");
        await peer.ReceiveAsync();
        await peer.ReceiveAsync();

        var shown = await capped.ManageAsync("QUEUE SHOW ALL");
        Assert.EndsWith("\theld", Assert.Single(shown.SkipLast(1)), StringComparison.Ordinal);
        Assert.Contains(await capped.ManageAsync("STATUS"), line => line.StartsWith("Warning:\t1 entries of the queue are held", StringComparison.Ordinal));
        await capped.ManageAsync("QUEUE RELEASE SENDER=mick@acme.test");
        Assert.Contains("Subject: c", (await peer.ReceiveAsync()).Text, StringComparison.Ordinal);
    }

    private Task<string> SubmitAsync(string sender, IReadOnlyList<string> recipients, string message, string parameters = "") =>
        SubmitAsync(server, sender, recipients, message, parameters);

    private static async Task<string> SubmitAsync(ServerUnderTest server, string sender, IReadOnlyList<string> recipients, string message, string parameters)
    {
        using var client = await Wire.GreetAsync(server.Smtp);
        Assert.StartsWith("250 ", await client.SmtpAsync($"MAIL FROM:<{sender}> {parameters}".TrimEnd()), StringComparison.Ordinal);
        foreach (var recipient in recipients)
            Assert.StartsWith("250 ", await client.SmtpAsync($"RCPT TO:<{recipient}{(recipient.Contains('>', StringComparison.Ordinal) ? "" : ">")}"), StringComparison.Ordinal);
        Assert.StartsWith("354 ", await client.SmtpAsync("DATA"), StringComparison.Ordinal);
        await client.SendAsync(message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n");
        var reply = await client.SmtpReplyAsync();
        Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
        return reply;
    }

    private Task<MimeMessage> FetchReportAsync() => Mailbox.FetchOnlyAsync(server.Pop3, "mick@acme.test", Limit);

    private static MessageDeliveryStatus StatusOf(MimeMessage report) => report.BodyParts.OfType<MessageDeliveryStatus>().Single();

    private async Task<IReadOnlyList<string>> UntilAsync(string command, Func<IReadOnlyList<string>, bool> reached)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var lines = await server.ManageAsync(command);
            if (reached(lines))
                return lines;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
