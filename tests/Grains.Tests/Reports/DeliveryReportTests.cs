using System.Text;
using MimeKit;
using Orleans.Mail.Grains.Tests.Lists;

namespace Orleans.Mail.Grains.Tests.Reports;

/// <summary>What a report says.</summary>
public sealed class DeliveryReportTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task A_failure_is_told_to_people_and_to_programs()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender) with
        {
            Request = new MailRequest { EnvelopeId = "QQ 7" },
            OriginalRecipient = "rfc822;Bob+2Bx@far.test",
        };

        await cluster.SendReportAsync(entry);

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal("<>", message.Headers[HeaderId.ReturnPath]);
        Assert.Equal("MAILER-DAEMON@mx.acme.test", message.From.Mailboxes.Single().Address);
        Assert.Equal(sender, message.To.Mailboxes.Single().Address);
        Assert.Equal("Your mail could not be delivered: Lunch", message.Subject);
        Assert.Equal("auto-replied", message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal(("1@pc.test", "1@pc.test"), (message.InReplyTo, message.References.Single()));
        Assert.EndsWith("@mx.acme.test", message.MessageId, StringComparison.Ordinal);
        Assert.Equal(cluster.Time.GetUtcNow(), message.Date);
        Assert.Equal("1.0", message.Headers[HeaderId.MimeVersion]);
        Assert.Equal("delivery-status", message.ReportOf().ReportType);
        Assert.Equal(
            """
            This is the mail system of mx.acme.test.

            Your message could not be delivered to:

              bob@far.test
                There is no such address.
                mx.far.test [192.0.2.9] said:
                  550 5.1.1 no such user

            Subject:  Lunch
            Sent:     Sun, 1 Mar 2026 12:00 UTC

            It will not be tried again for these addresses. Please check how they are
            written, or reach the recipients in another way. If you think that this is
            our mistake, write to postmaster@mx.acme.test.

            What follows is for your mail program and for technicians: the same in a
            form for machines, and your message or its header.

            """,
            message.TextOf());
        Assert.Equal(
            "Reporting-MTA: dns; mx.acme.test|Original-Envelope-Id: QQ 7|Arrival-Date: Sun, 01 Mar 2026 12:00:00 +0000",
            Join(message.StatusOf()[0]));
        Assert.Equal(
            "Original-Recipient: rfc822; Bob+x@far.test|Final-Recipient: rfc822; bob@far.test|Action: failed|Status: 5.1.1|Remote-MTA: dns; mx.far.test|"
            + "Diagnostic-Code: smtp; 550 5.1.1 no such user|Last-Attempt-Date: Sun, 01 Mar 2026 12:00:00 +0000",
            Join(message.StatusOf()[1]));
        Assert.Equal("text/rfc822-headers", message.ReportOf()[2].ContentType.MimeType);
        Assert.Equal(
            "Received: from pc by mx.acme.test;\r\n\tSun, 01 Mar 2026 12:00:00 +0000\r\nFrom: Ann <ann@acme.test>\r\nSubject: Lunch\r\nMessage-ID: <1@pc.test>",
            (await cluster.ReadReturnedAsync(mailbox)).TrimEnd());
    }

    [Theory]
    [InlineData("<<a@b>>")]
    [InlineData("<(x@y>")]
    [InlineData("<a\"b@c>")]
    [InlineData("<a@b,c>")]
    [InlineData("<\u00fc@b>")]
    [InlineData("<\u0001@b>")]
    public async Task A_message_id_that_cannot_be_written_is_not_answered_to(string id)
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();

        await cluster.SendReportAsync(cluster.NewOwed(sender, text: $"Message-ID: {id}\r\n\r\n"));

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.False(message.Headers.Contains(HeaderId.InReplyTo) || message.Headers.Contains(HeaderId.References));
    }

    [Theory]
    [InlineData("<a+b=c/d.e_f@[192.0.2.1]>")]
    [InlineData("<1$2%3@x>")]
    public async Task A_message_id_that_can_be_written_is_answered_to(string id)
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();

        await cluster.SendReportAsync(cluster.NewOwed(sender, text: $"Message-ID: {id}\r\n\r\n"));

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal((id, id), (message.Headers[HeaderId.InReplyTo], message.Headers[HeaderId.References]));
    }

    [Fact]
    public async Task A_delay_says_until_when_it_is_tried()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender, ReportKind.Delayed, "4.4.1 no host could be reached") with { Request = new MailRequest { IsTrusted = true }, History = [] };

        await cluster.SendReportAsync(entry);

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal("Your mail is delayed: Lunch", message.Subject);
        Assert.Equal(
            """
            This is the mail system of mx.acme.test.

            Your message has not been delivered yet to:

              bob@far.test
                The mail server of this address could not be reached.

            Subject:  Lunch
            Sent:     Sun, 1 Mar 2026 12:00 UTC

            You need not do anything: it will be tried again until Tue, 3 Mar 2026 12:00 UTC.
            If it cannot be delivered by then, you will hear of it.

            What follows is for your mail program and for technicians: the same in a
            form for machines, and the header of your message.

            """,
            message.TextOf());
        Assert.Equal(
            "Final-Recipient: rfc822; bob@far.test|Action: delayed|Status: 4.4.1|Diagnostic-Code: X-Orleans-Mail; no host could be reached|"
            + "Last-Attempt-Date: Sun, 01 Mar 2026 12:00:00 +0000|Will-Retry-Until: Tue, 03 Mar 2026 12:00:00 +0000",
            Join(message.StatusOf()[1]));
    }

    [Theory]
    [InlineData(ReportKind.Delivered, "2.0.0 delivered", "delivered", "The message is in the mailbox.")]
    [InlineData(ReportKind.Relayed, "2.0.0 250 ok", "relayed", "The message was handed on to the next mail server, which sends no")]
    [InlineData(ReportKind.Expanded, "", "expanded", "The message was passed on to everybody behind this address.")]
    public async Task Success_is_told_when_it_was_asked_for(ReportKind kind, string status, string action, string words)
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender, kind, status) with { Request = new MailRequest { IsTrusted = true }, Notify = Notify.Success };

        await cluster.SendReportAsync(entry);

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal("Your mail has arrived: Lunch", message.Subject);
        Assert.Contains("    " + words + "\n", message.TextOf(), StringComparison.Ordinal);
        Assert.Equal((action, "2.0.0"), (message.StatusOf()[1]["Action"], message.StatusOf()[1]["Status"]));
    }

    [Theory]
    [InlineData("5.1.1 550 5.1.1 no such user", "5.1.1", "smtp; 550 5.1.1 no such user")]
    [InlineData("4.4.7 delivery time expired: 4.2.1 450 come back", "4.4.7", "smtp; 450 come back")]
    [InlineData("5.4.7 the time is over; the last answer was: 4.3.0 temporary trouble here", "4.4.7", "X-Orleans-Mail; temporary trouble here")]
    [InlineData("5.4.7 the time is over; the last answer was: 4.2.2 the mailbox is full", "4.2.2", "X-Orleans-Mail; the mailbox is full")]
    [InlineData("5.2.2 552 quota", "5.2.2", "smtp; 552 quota")]
    [InlineData("4.3.0 temporary trouble here", "5.3.0", "X-Orleans-Mail; temporary trouble here")]
    [InlineData("2.0.0 250 ok", "5.0.0", "smtp; 250 ok")]
    [InlineData("550-5.7.1 a\r\n550 5.7.1 b\tc", "5.0.0", "smtp; 550-5.7.1 a 550 5.7.1 b c")]
    [InlineData("5.0.0 500 x\r\nAction: delivered\r\n\r\nFinal-Recipient: rfc822; x@y.test", "5.0.0", "smtp; 500 x Action: delivered Final-Recipient: rfc822; x@y.test")]
    [InlineData("", "5.0.0", null)]
    [InlineData("no code\0\u0001", "5.0.0", "X-Orleans-Mail; no code??")]
    public async Task The_status_fits_what_happened(string status, string code, string? diagnostic)
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();

        await cluster.SendReportAsync(cluster.NewOwed(sender, status: status) with { History = [] });

        var groups = (await cluster.ReadReportAsync(mailbox)).StatusOf();
        Assert.Equal(2, groups.Count);
        Assert.Equal(("failed", code), (groups[1]["Action"], groups[1]["Status"]));
        Assert.Equal(diagnostic, groups[1]["Diagnostic-Code"]);
    }

    [Fact]
    public async Task What_expired_tells_what_its_last_attempt_was_answered()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender, status: "4.4.7 delivery time expired");
        entry = entry with { History = [new(entry.Entered, "mx1.far.test [192.0.2.1]", "4.7.0 451 greylisted"), new(entry.Entered, "", "4.4.7 delivery time expired")] };

        await cluster.SendReportAsync(entry);

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal(("4.4.7", "smtp; 451 greylisted"), (message.StatusOf()[1]["Status"], message.StatusOf()[1]["Diagnostic-Code"]));
        Assert.Contains("The message could not be delivered in the time that it may take.", message.TextOf(), StringComparison.Ordinal);
        Assert.Contains("451 greylisted", message.TextOf(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_recipient_passes_its_mail_on_to_is_not_told()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender, status: "5.1.1 550 <Secret@Far.test>: no such user");
        entry = entry with { Recipient = "mick@acme.test", Target = entry.Target with { Address = "secret@far.test", Via = "mick@acme.test" } };

        await cluster.SendReportAsync(entry);

        Assert.DoesNotContain("secret", Encoding.Latin1.GetString((await cluster.ReadOctetsAsync(mailbox))[0]), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("smtp; 550 <mick@acme.test>: no such user", (await cluster.ReadReportAsync(mailbox)).StatusOf()[1]["Diagnostic-Code"]);
    }

    [Fact]
    public async Task Every_one_of_many_recipients_is_told_to_programs_and_some_to_people()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var first = cluster.NewOwed(sender);
        var entries = Enumerable.Range(0, 3000).Select(i => first with { Recipient = $"u{i}@far.test", Target = first.Target with { Address = $"u{i}@far.test" } });

        await cluster.SendReportAsync([.. entries]);

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal(3001, message.StatusOf().Count);
        Assert.Contains("  u49@far.test\n", message.TextOf(), StringComparison.Ordinal);
        Assert.DoesNotContain("u50@", message.TextOf(), StringComparison.Ordinal);
        Assert.Contains("  ... and 2950 more, which the next part names\n", message.TextOf(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_names_the_members_that_a_list_could_not_reach()
    {
        var domain = await cluster.NewDomainAsync();
        cluster.Options<ReportOptions>().HostName = ReportWorld.Host;
        var list = await cluster.NewListAsync(domain);
        await list.AddAsync("bob@far.test", "eve@far.test");

        await cluster.SendReportAsync(cluster.NewOwed($"staff-owner@{domain}") with { IsBulk = true });
        await cluster.WaitForListsAsync();

        Assert.Equal(1, (await list.Members.FindAsync("bob@far.test"))!.Bounces);
        Assert.Equal(0, (await list.Members.FindAsync("eve@far.test"))!.Bounces);
    }

    private static string Join(HeaderList fields) => string.Join('|', fields.Select(field => $"{field.Field}: {field.Value}"));
}
