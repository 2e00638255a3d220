using Orleans.Mail.Grains.Tests.Lists;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Reports;

/// <summary>Who gets a report, who does not, and that it comes once.</summary>
public sealed class ReportWayTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task A_report_that_is_sent_again_is_the_same_message()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender);

        await cluster.SendReportAsync(entry);
        cluster.Time.Advance(TimeSpan.FromHours(1));
        await cluster.SendReportAsync(entry);

        Assert.Equal(1, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task A_report_to_a_far_sender_waits_in_the_queue_once()
    {
        var sender = $"{cluster.NewName()}@far.test";
        var entry = cluster.NewOwed(sender);

        await cluster.SendReportAsync(entry);
        await cluster.SendReportAsync(entry);

        var waiting = Assert.Single(await cluster.QueueOfAsync(new Target { Kind = TargetKind.Remote, Address = sender }));
        Assert.Equal(("", sender, true), (waiting.Sender, waiting.Recipient, cluster.Bodies.Exists(waiting.Body)));
        Assert.False(waiting.IsReported);
    }

    [Fact]
    public async Task Another_number_another_kind_and_another_destination_are_other_reports()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender) with { Request = new MailRequest { IsTrusted = true } };

        await cluster.SendReportAsync(entry);
        await cluster.SendReportAsync(entry with { ReportNumber = 2 });
        await cluster.SendReportAsync(entry with { Report = ReportKind.Delayed, Failed = false });
        await cluster.SendReportAsync(entry with { Target = entry.Target with { Address = "bob@other.test" } });

        Assert.Equal(4, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task Other_recipients_of_one_number_are_told_of_in_another_report()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        QueueEntry[] first = [cluster.NewOwed(sender), cluster.NewOwed(sender)];
        first[1] = first[0] with { Target = first[0].Target with { Address = "eve@far.test" } };
        QueueEntry[] second = [first[0] with { Target = first[0].Target with { Address = "joe@far.test" } }];

        await cluster.SendReportAsync(first);
        await cluster.SendReportAsync(second);
        await cluster.SendReportAsync(first.Reverse().ToArray());

        Assert.Equal(2, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task A_report_of_a_message_that_was_held_for_long_still_opens_a_mailbox()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender);
        cluster.Time.Advance(TimeSpan.FromDays(30));

        await cluster.SendReportAsync(entry with { ReportNumber = ReportNumber.New(cluster.Time.GetUtcNow()) });

        Assert.Equal(1, await cluster.CountMailAsync(mailbox));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(long.MaxValue)]
    public void A_number_that_tells_no_time_is_no_harm(long number)
    {
        var entry = cluster.NewOwed("ann@acme.test") with { ReportNumber = number };

        Assert.Equal(entry.Id.Time, ReportId.Of([entry], ReportKind.Failed).Time);
    }

    [Fact]
    public async Task Failures_and_delays_of_one_number_are_told_apart()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var failed = cluster.NewOwed(sender) with { Request = new MailRequest { IsTrusted = true } };

        await cluster.SendReportAsync(failed, failed with { Report = ReportKind.Delayed, Failed = false, Recipient = "eve@far.test" });

        Assert.Equal(2, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task Trouble_of_the_store_is_thrown_and_the_next_attempt_is_no_second_report()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender);
        using (cluster.Rows.Commits.While(Fault.DiskFull))
            await Assert.ThrowsAsync<StorageException>(() => cluster.SendReportAsync(entry));
        Assert.Equal(0, await cluster.CountMailAsync(mailbox));

        cluster.Rows.Commits.Next(Fault.LostReply).Next(Fault.LostReply);
        await cluster.SendReportAsync(entry);
        await cluster.SendReportAsync(entry);

        Assert.Equal(1, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task A_full_mailbox_gets_its_report_later()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync(settings: new AccountSettings { QuotaKb = 1 });

        await cluster.SendReportAsync(cluster.NewOwed(sender));

        Assert.Equal(0, await cluster.CountMailAsync(mailbox));
        var waiting = Assert.Single(await cluster.QueueOfAsync(new Target { Kind = TargetKind.Mailbox, Address = sender, Id = mailbox }));
        Assert.Equal("4.2.2 the mailbox is full", waiting.Status);
    }

    [Fact]
    public async Task A_sender_that_we_rewrote_gets_it_back()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var forwarder = await cluster.NewDomainAsync();
        var rewritten = await cluster.Service<SenderRewriting>().RewriteAsync(sender, forwarder);

        await cluster.SendReportAsync(cluster.NewOwed(rewritten));

        Assert.Equal(1, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task A_sender_with_a_quoted_local_part_is_found()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync("a b");

        await cluster.SendReportAsync(cluster.NewOwed($"\"a b\"{sender[3..]}"));

        Assert.Equal(1, await cluster.CountMailAsync(mailbox));
    }

    [Fact]
    public async Task A_sender_at_an_address_literal_is_a_far_one()
    {
        await cluster.SendReportAsync(cluster.NewOwed("ann@[192.0.2.77]"));

        Assert.Single(await cluster.QueueOfAsync(new Target { Kind = TargetKind.Remote, Address = "ann@[192.0.2.77]" }));
    }

    [Fact]
    public async Task A_sender_that_leads_nowhere_hears_nothing_and_nothing_is_left()
    {
        var domain = await cluster.NewDomainAsync();
        var bodies = (await cluster.Bodies.ReadUsageAsync(TestContext.Current.CancellationToken)).Bodies;
        var waiting = (await cluster.ReadQueueAsync()).Count;

        await cluster.SendReportAsync(cluster.NewOwed($"gone@{domain}"));
        await cluster.SendReportAsync(cluster.NewOwed("no address"));

        Assert.Equal(bodies, (await cluster.Bodies.ReadUsageAsync(TestContext.Current.CancellationToken)).Bodies);
        Assert.Equal(waiting, (await cluster.ReadQueueAsync()).Count);
    }

    /// <summary>What could start a loop, and what nobody asked for.</summary>
    [Theory]
    [InlineData("null sender")]
    [InlineData("notice")]
    [InlineData("copy")]
    [InlineData("never")]
    [InlineData("success only")]
    [InlineData("a report itself")]
    [InlineData("delay of a stranger")]
    [InlineData("delay not wanted")]
    [InlineData("delay of an automatic reply")]
    [InlineData("success of a stranger")]
    [InlineData("success not wanted")]
    [InlineData("nothing")]
    public async Task Nobody_is_told(string why)
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender);
        var known = entry with { Request = new MailRequest { IsTrusted = true } };
        var delay = known with { Report = ReportKind.Delayed, Failed = false };
        entry = why switch
        {
            "null sender" => entry with { Sender = "" },
            "notice" => entry with { IsNotice = true },
            "copy" => entry with { Target = entry.Target with { IsCopy = true } },
            "never" => entry with { Notify = Notify.Never },
            "success only" => entry with { Notify = Notify.Success },
            "a report itself" => cluster.NewOwed(sender, text: "Content-Type: multipart/report;\r\n report-type=\"delivery-status\"; boundary=b\r\n\r\n--b--\r\n"),
            "delay of a stranger" => delay with { Request = MailRequest.None },
            "delay not wanted" => delay with { Notify = Notify.Failure },
            "delay of an automatic reply" => delay with { Body = cluster.NewOwed(sender, text: "Auto-Submitted: auto-replied\r\n\r\n").Body },
            "success of a stranger" => entry with { Report = ReportKind.Delivered, Failed = false, Notify = Notify.Success },
            "success not wanted" => known with { Report = ReportKind.Delivered, Failed = false, Notify = Notify.Failure },
            _ => entry with { Report = ReportKind.None },
        };

        await cluster.SendReportAsync(entry);

        Assert.Equal(0, await cluster.CountMailAsync(mailbox));
    }
}
