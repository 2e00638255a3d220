using System.Text;
using MimeKit;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Reports;

/// <summary>What a report returns of the message, and messages that are not as they should be.</summary>
public sealed class ReturnedContentTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private const string Head = "Return-Path: <a@b.test>\r\nReceived: from pc;\r\n\tSun, 01 Mar 2026 12:00:00 +0000\r\n";

    [Theory]
    [InlineData(ReturnContent.Full, "message/rfc822")]
    [InlineData(ReturnContent.Headers, "text/rfc822-headers")]
    [InlineData(ReturnContent.Default, "text/rfc822-headers")]
    public async Task RET_says_how_much_of_the_message_is_returned(ReturnContent content, string type)
    {
        var (message, returned) = await ReportAsync(ReportWorld.Text, content);

        Assert.Equal(type, message.ReportOf()[2].ContentType.MimeType);
        Assert.Equal(content == ReturnContent.Full, returned.Contains("At noon?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_that_is_returned_whole_is_the_same_to_the_octet()
    {
        var text = "Received: x\r\nSubject: x\r\n\r\n.\r\n..\r\n" + new string('x', 998) + "\r\n\u00e4\u00ff\r\n\r\n";
        var (sender, mailbox) = await cluster.NewSenderAsync();

        await cluster.SendReportAsync(cluster.NewOwed(sender, text: text) with { Request = new MailRequest { Return = ReturnContent.Full } });

        Assert.Contains(text, Encoding.Latin1.GetString((await cluster.ReadOctetsAsync(mailbox))[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a line of 999: ", 999)]
    [InlineData("a large one: ", 1024 * 1024)]
    public async Task What_cannot_travel_or_is_too_large_is_not_returned_whole(string start, int length)
    {
        var line = length > 1000 ? string.Concat(Enumerable.Repeat(new string('x', 78) + "\r\n", length / 80)) : new string('x', length);
        var (message, returned) = await ReportAsync($"{Head}Subject: x\r\n\r\n{start}\r\n{line}\r\n", ReturnContent.Full);

        Assert.Equal("text/rfc822-headers", message.ReportOf()[2].ContentType.MimeType);
        Assert.EndsWith("Subject: x", returned, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Head + "hello\r\n", 1)]
    [InlineData(Head + "\r\n", 1)]
    [InlineData(Head, 1)]
    [InlineData("", 0)]
    [InlineData("\r\n\r\n", 0)]
    [InlineData("no header at all", 0)]
    [InlineData(Head + "Subject: cut in the midd", 1)]
    [InlineData(Head + "X: 1\r\n: 2\r\nY: 3\r\n\r\n", 2)]
    public async Task A_message_without_a_proper_header_is_reported_too(string text, int fields)
    {
        var (message, returned) = await ReportAsync(text);

        Assert.Equal("Your mail could not be delivered", message.Subject);
        Assert.Contains("Subject:  (none)\n", message.TextOf(), StringComparison.Ordinal);
        Assert.Null(message.InReplyTo);
        Assert.Equal(fields, returned.Split("\r\n").Count(line => line.Length > 0 && line[0] is not (' ' or '\t')));
    }

    [Fact]
    public async Task A_header_that_is_too_long_is_cut_at_a_lines_end()
    {
        var many = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X-Line: {i:d20}\r\n"));
        var (message, returned) = await ReportAsync($"{Head}Subject: long\r\n{many}\r\nbody\r\n");

        Assert.InRange(returned.Length, 60_000, 64 * 1024);
        Assert.Matches(@"X-Line: \d{20}$", returned);
        Assert.Equal("Your mail could not be delivered: long", message.Subject);
    }

    [Theory]
    [InlineData("Subject: caf\u00e9")]
    [InlineData("Subject: a\0b")]
    [InlineData("Subject: =?utf-8?q?=00=0D=0ABcc:_x@y.test?=")]
    public async Task Octets_that_no_header_may_have_come_back_as_they_were(string line)
    {
        var (message, returned) = await ReportAsync($"{Head}{line}\r\n\r\nbody\r\n");

        Assert.Equal("text/rfc822-headers", message.ReportOf()[2].ContentType.MimeType);
        Assert.EndsWith(line, returned, StringComparison.Ordinal);
        Assert.Empty(message.Bcc);
        Assert.DoesNotContain('\n', message.Subject!);
    }

    [Fact]
    public async Task A_very_long_subject_is_shortened_and_a_long_line_encoded()
    {
        var subject = new string('s', 5000);
        var (sender, mailbox) = await cluster.NewSenderAsync();

        await cluster.SendReportAsync(cluster.NewOwed(sender, text: $"{Head}Subject: {subject}\r\n\r\nx\r\n"));

        var octets = Encoding.ASCII.GetString((await cluster.ReadOctetsAsync(mailbox))[0]);
        Assert.All(octets.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.EndsWith($"Subject: {subject}", (await cluster.ReadReturnedAsync(mailbox)).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Placeholders_in_what_is_filled_in_stay_as_they_are()
    {
        var (message, returned) = await ReportAsync($"{Head}Subject: {{sender}} {{host}} %s\r\n\r\nx\r\n");

        Assert.Contains("Subject:  {sender} {host} %s\n", message.TextOf(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_and_headers_outside_ASCII_are_told_as_they_are()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync("j\u00f6rg");
        var header = $"{Head}Subject: Gr\u00fc\u00dfe\r\n\r\nx\r\n";
        var entry = cluster.NewOwed(sender, recipient: "m\u00fcller@far.test", text: Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(header))) with
        {
            OriginalRecipient = @"utf-8;m\x{FC}ller@far.test",
            Request = new MailRequest { IsUtf8 = true },
        };

        await cluster.SendReportAsync(entry);

        var octets = (await cluster.ReadOctetsAsync(mailbox))[0];
        var text = Encoding.UTF8.GetString(octets);
        Assert.Contains($"To: {sender}\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Subject: Your mail could not be delivered: Gr\u00fc\u00dfe\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/global-delivery-status\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: utf-8; m\u00fcller@far.test\r\nFinal-Recipient: utf-8; m\u00fcller@far.test\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/global-headers\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Transfer-Encoding: 8bit\r\n", text, StringComparison.Ordinal);
        Assert.Contains("  m\u00fcller@far.test\n", (await cluster.ReadReportAsync(mailbox)).TextOf(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_to_an_ASCII_address_is_ASCII_whatever_it_tells()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var header = $"{Head}Subject: Gr\u00fc\u00dfe\r\n\r\nx\r\n";

        await cluster.SendReportAsync(cluster.NewOwed(sender, recipient: "m\u00fcller@far.test", text: Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(header))));

        Assert.True(Ascii.IsValid((await cluster.ReadOctetsAsync(mailbox))[0]));
        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal("Your mail could not be delivered: Gr\u00fc\u00dfe", message.Subject);
        Assert.Equal("utf-8; m\u00fcller@far.test", message.StatusOf()[1]["Final-Recipient"]);
        Assert.Contains("Gr\u00fc\u00dfe", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(await cluster.ReadReturnedAsync(mailbox))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_any_more_is_reported_without_it_after_an_hour()
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        var entry = cluster.NewOwed(sender) with { Request = new MailRequest { Return = ReturnContent.Full } };
        await cluster.Bodies.DeleteAsync(entry.Body, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<StorageException>(() => cluster.SendReportAsync(entry));

        cluster.Time.Advance(TimeSpan.FromMinutes(61));
        await cluster.SendReportAsync(entry);

        var message = await cluster.ReadReportAsync(mailbox);
        Assert.Equal("5.1.1", message.StatusOf()[1]["Status"]);
        Assert.Equal("text/rfc822-headers", message.ReportOf()[2].ContentType.MimeType);
        Assert.Equal("Comments: The message can no longer be read here.", (await cluster.ReadReturnedAsync(mailbox)).TrimEnd());
    }

    private async Task<(MimeMessage Message, string Returned)> ReportAsync(string text, ReturnContent content = ReturnContent.Default)
    {
        var (sender, mailbox) = await cluster.NewSenderAsync();
        await cluster.SendReportAsync(cluster.NewOwed(sender, text: text) with { Request = new MailRequest { Return = content } });
        return (await cluster.ReadReportAsync(mailbox), (await cluster.ReadReturnedAsync(mailbox)).TrimEnd('\r', '\n'));
    }
}
