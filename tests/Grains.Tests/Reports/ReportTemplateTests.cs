using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains.Tests.Reports;

public sealed class ReportTemplateTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_file_is_used_and_read_again_when_it_changes()
    {
        var templates = Of(new ReportOptions { FailureFile = file });
        Write("\ufeffno luck, {sender}");
        Assert.Equal("no luck, {sender}", templates.Of(ReportKind.Failed));

        Write("no luck at all");

        Assert.Equal("no luck at all", templates.Of(ReportKind.Failed));
        Assert.StartsWith("This is the mail system", templates.Of(ReportKind.Delayed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_used_is_no_reason_to_stop()
    {
        File.Delete(file);
        var templates = Of(new ReportOptions { FailureFile = file, DelayFile = "/dev/full/x", MaxTextSize = 10 });
        await templates.StartAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("This is", templates.Of(ReportKind.Failed), StringComparison.Ordinal);
        Assert.StartsWith("This is", templates.Of(ReportKind.Delayed), StringComparison.Ordinal);

        foreach (var octets in new[] { [0xff, 0xfe, 0xfd], new byte[11], [] })
        {
            File.WriteAllBytes(file, octets);
            Touch();
            Assert.StartsWith("This is", templates.Of(ReportKind.Failed), StringComparison.Ordinal);
        }

        Write("short");
        Assert.Equal("short", templates.Of(ReportKind.Failed));
    }

    [Fact]
    public void Every_placeholder_is_filled_in_and_unknown_ones_stay()
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var recipient = new ReportedRecipient(ReportKind.Delayed, "bob@far.test", "", new ReportStatus("4.2.2", "452 full", true), "mx.far.test [192.0.2.9]", at, at.AddHours(1));
        var report = new Report
        {
            Id = MessageId.FirstAt(at),
            Kind = ReportKind.Delayed,
            Sender = "ann@acme.test",
            Recipients = [recipient, recipient with { Address = "eve@far.test" }],
            Arrived = at,
            EnvelopeId = "",
            Subject = "Lunch",
            OriginalId = "1@pc.test",
        };

        var text = new ReportText(report, "mx.acme.test", 50).Fill("{host}|{sender}|{subject}|{date}|{message-id}|{until}|{reason}|{addresses}|{what}|{}|%s\n{recipients}");

        Assert.Equal(
            "mx.acme.test|ann@acme.test|Lunch|Sun, 1 Mar 2026 12:00 UTC|1@pc.test|Sun, 1 Mar 2026 13:00 UTC|The mailbox is full.|  bob@far.test\r\n  eve@far.test|{what}|{}|%s\r\n"
            + "  bob@far.test\r\n    The mailbox is full.\r\n    mx.far.test [192.0.2.9] said:\r\n      452 full\r\n\r\n"
            + "  eve@far.test\r\n    The mailbox is full.\r\n    mx.far.test [192.0.2.9] said:\r\n      452 full",
            text);
    }

    private static ReportTemplates Of(ReportOptions options) => new(Options.Create(options), NullLogger<ReportTemplates>.Instance);

    private DateTime changed = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private void Write(string text)
    {
        File.WriteAllText(file, text);
        Touch();
    }

    private void Touch() => File.SetLastWriteTimeUtc(file, changed = changed.AddMinutes(1));
}
