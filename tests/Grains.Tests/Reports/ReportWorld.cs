using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Encodings;
using Orleans.Mail.Grains.Tests.Lists;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Reports;

/// <summary>Senders, their messages and what they hear of them.</summary>
internal static partial class ReportWorld
{
    public const string Host = "mx.acme.test";

    public const string Text =
        "Return-Path: <ann@acme.test>\r\nReceived: from pc by mx.acme.test;\r\n\tSun, 01 Mar 2026 12:00:00 +0000\r\n" +
        "From: Ann <ann@acme.test>\r\nSubject: Lunch\r\nMessage-ID: <1@pc.test>\r\n\r\nAt noon?\r\n";

    private static readonly Target Remote = new() { Kind = TargetKind.Remote, Address = "bob@far.test" };

    /// <summary>A user who hears of reports.</summary>
    public static async Task<(string Address, string Mailbox)> NewSenderAsync(this MailCluster cluster, string local = "ann", AccountSettings? settings = null)
    {
        cluster.Options<ReportOptions>().HostName = Host;
        var address = $"{local}@{await cluster.NewDomainAsync()}";
        return (address, await cluster.NewMailboxAsync(address, settings));
    }

    /// <summary>An entry that owes a report.</summary>
    public static QueueEntry NewOwed(
        this MailCluster cluster,
        string sender,
        ReportKind kind = ReportKind.Failed,
        string status = "5.1.1 550 5.1.1 no such user",
        string recipient = "bob@far.test",
        string text = Text)
    {
        var now = cluster.Time.GetUtcNow();
        return new QueueEntry
        {
            Id = MessageId.New(cluster.Time),
            Target = Remote with { Address = recipient },
            Sender = sender,
            Recipient = recipient,
            Body = cluster.Bodies.Put(Encoding.Latin1.GetBytes(text), default),
            Entered = now,
            Due = now,
            LastAttempt = now,
            Attempts = 1,
            Status = status,
            Failed = kind == ReportKind.Failed,
            Report = kind,
            ReportNumber = 1,
            History = [new Attempt(now, "mx.far.test [192.0.2.9]", status)],
        };
    }

    public static Task SendReportAsync(this MailCluster cluster, params IReadOnlyList<QueueEntry> entries) =>
        cluster.Service<IDeliveryReports>().SendAsync(entries);

    /// <summary>The only message in a mailbox, as it is stored.</summary>
    public static async Task<MimeMessage> ReadReportAsync(this MailCluster cluster, string mailbox)
    {
        var texts = await cluster.ReadOctetsAsync(mailbox);
        return await MimeMessage.LoadAsync(new MemoryStream(Assert.Single(texts)));
    }

    public static async Task<string> ReadReturnedAsync(this MailCluster cluster, string mailbox) => ReturnedOf(Assert.Single(await cluster.ReadOctetsAsync(mailbox)));

    public static async Task<IReadOnlyList<byte[]>> ReadOctetsAsync(this MailCluster cluster, string mailbox)
    {
        var grain = cluster.Grains.GetGrain<IMailboxGrain>(mailbox);
        var lease = (await grain.OpenAsync(TimeSpan.Zero)).Lease!;
        var all = new List<byte[]>();
        foreach (var entry in (await grain.ReadIndexAsync(lease, null, 1000))!.Entries)
        {
            await using var body = await cluster.Bodies.OpenReadAsync(entry.Body, BodyRange.All, TestContext.Current.CancellationToken);
            using var copy = new MemoryStream();
            await body.CopyToAsync(copy, TestContext.Current.CancellationToken);
            all.Add(copy.ToArray());
        }

        await grain.ReleaseAsync(lease.Token);
        return all;
    }

    public static MultipartReport ReportOf(this MimeMessage message) => Assert.IsType<MultipartReport>(message.Body);

    public static string TextOf(this MimeMessage message) => Assert.IsType<TextPart>(message.ReportOf()[0]).Text.ReplaceLineEndings("\n");

    /// <summary>The groups of fields for programs: the message's, then one a recipient.</summary>
    public static HeaderListCollection StatusOf(this MimeMessage message) => Assert.IsAssignableFrom<MessageDeliveryStatus>(message.ReportOf()[1]).StatusGroups;

    /// <summary>What a stored report returns of the original, decoded, without its last line end, which is the boundary's.</summary>
    public static string ReturnedOf(byte[] report)
    {
        var text = Encoding.Latin1.GetString(report);
        var boundary = Boundary().Match(text).Groups[1].Value;
        var part = text.Split($"\r\n--{boundary}")[3];
        var body = part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        if (!part.Contains("Content-Transfer-Encoding: quoted-printable\r\n", StringComparison.Ordinal))
            return body;
        var decoder = new QuotedPrintableDecoder();
        var octets = Encoding.Latin1.GetBytes(body);
        var decoded = new byte[decoder.EstimateOutputLength(octets.Length)];
        return Encoding.Latin1.GetString(decoded, 0, decoder.Decode(octets, 0, octets.Length, decoded));
    }

    [GeneratedRegex("boundary=\"(=_[0-9A-Z]+)\"")]
    private static partial Regex Boundary();
}
