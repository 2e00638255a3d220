using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Utils;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Makes reports and submits them as any other mail, from the null sender. No report is about mail from the null sender,
/// nor about a report of another system that has a sender: so no report can cause another one.
/// </summary>
internal sealed partial class DeliveryReports(
    Router router,
    SubmissionServices services,
    MailboxDelivery mailboxes,
    ReportTemplates templates,
    IBodyStore bodies,
    StoreDeadline deadline,
    ReportMetrics metrics,
    RetrySchedule schedule,
    IOptions<ReportOptions> options,
    TimeProvider time,
    ILogger<DeliveryReports> logger) : IDeliveryReports
{
    /// <summary>What a report adds to the message that it returns, at most.</summary>
    private const int Overhead = 64 * 1024;

    /// <summary>For so long a report waits for a message that cannot be read; then it is sent without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private ReportOptions Options => options.Value;

    public async Task SendAsync(IReadOnlyList<QueueEntry> entries)
    {
        // What failed, what waits and what arrived are messages of their own.
        foreach (var group in entries.Where(IsOwed).GroupBy(entry => KindOf(entry.Report)).OrderBy(group => group.Key))
            await SendAsync(group.Key, [.. group]);
    }

    /// <summary>Whether the sender is told (RFC 3461 4.1); of delays and arrivals only who is known here (SPEC 7).</summary>
    private static bool IsOwed(QueueEntry entry) =>
        entry.Sender.Length > 0 && !entry.IsNotice && !entry.Target.IsCopy && entry.Report switch
        {
            ReportKind.None => false,
            ReportKind.Failed => entry.IsReported,
            ReportKind.Delayed => entry.Request.IsTrusted && (entry.Notify == Notify.Default || entry.Notify.HasFlag(Notify.Delay)),
            _ => entry.Request.IsTrusted && entry.Notify.HasFlag(Notify.Success),
        };

    private static ReportKind KindOf(ReportKind kind) => kind is ReportKind.Failed or ReportKind.Delayed ? kind : ReportKind.Delivered;

    private async Task SendAsync(ReportKind kind, IReadOnlyList<QueueEntry> entries)
    {
        var first = entries[0];
        var id = ReportId.Of(entries, kind);
        if (await RouteAsync(first, kind) is not { } recipient)
            return;
        var isWhole = kind == ReportKind.Failed && first.Request.Return == ReturnContent.Full && first.Body.Size <= LimitOf(recipient.Targets);
        var original = await ReadOriginalAsync(first, isWhole ? (int)first.Body.Size : Math.Min(Options.MaxHeaderSize, Options.MaxReturnedSize));
        if (original.IsReport || (kind != ReportKind.Failed && original.IsAutomaticReply))
        {
            LogNotWanted(first.Id, kind, first.Sender);
            metrics.Unreportable(kind);
            return;
        }

        var report = Make(id, kind, entries, original);

        // A turn of a grain is nothing to format a message in.
        var written = await Task.Run(() => Write(report, original, isWhole && original.IsWhole && OriginalMessage.HasPlainLines(original.Octets.Span)));
        await SubmitAsync(report, recipient, written, first);
    }

    private async Task<OriginalMessage> ReadOriginalAsync(QueueEntry entry, int limit)
    {
        try
        {
            return await OriginalMessage.ReadAsync(bodies, entry.Body, limit, Options.MaxHeaderSize, deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or IOException or OperationCanceledException && time.GetUtcNow() - entry.Due > Patience)
        {
            LogLost(failure, entry.Id, entry.Sender);
            return OriginalMessage.Lost;
        }
    }

    /// <summary>The sender as a recipient; null when it leads nowhere, which nobody can be told.</summary>
    private async Task<Recipient?> RouteAsync(QueueEntry entry, ReportKind kind)
    {
        var verdict = RouteVerdict.NoSuchMailbox;
        if (ReportedSender.Parse(entry.Sender) is { } sender)
        {
            if (sender.Literal is { } literal)
                return literal;

            // Ours or not, and whether there is room is left to the delivery.
            var route = await router.RouteAsync(new RouteRequest(sender.Address, "", 0, MayRelay: true), isPost: true);
            if (route.Recipient is { } recipient)
                return recipient with { Address = entry.Sender, Notify = Notify.Never };
            verdict = route.Verdict;
        }

        LogUnreportable(entry.Id, kind, entry.Sender, verdict);
        metrics.Unreportable(kind);
        return null;
    }

    private long LimitOf(IReadOnlyList<Target> targets) =>
        targets.Where(static target => target.MaxSize > 0).Select(static target => target.MaxSize - Overhead).Append(Options.MaxReturnedSize).Min();

    private Report Make(MessageId id, ReportKind kind, IReadOnlyList<QueueEntry> entries, OriginalMessage original)
    {
        var first = entries[0];
        return new Report
        {
            Id = id,
            Kind = kind,
            Sender = first.Sender,
            Recipients = [.. entries.Select(entry => ReportedRecipient.Of(entry, Options.HostName, schedule.EndOf(entry)))],
            Arrived = first.Id.Time,
            EnvelopeId = first.Request.EnvelopeId,
            Subject = ReportStatus.Clean(original.Fields[HeaderId.Subject] ?? ""),
            OriginalId = MimeUtils.ParseMessageId(original.Fields[HeaderId.MessageId] ?? "") ?? "",
        };
    }

    private WrittenReport Write(Report report, OriginalMessage original, bool isWhole)
    {
        var text = new ReportText(report, Options.HostName, Options.MaxNamed).Fill(templates.Of(report.Kind));
        return ReportMessage.Write(report, text, original, isWhole, Options.HostName, time.GetUtcNow());
    }

    private async Task SubmitAsync(Report report, Recipient recipient, WrittenReport written, QueueEntry about)
    {
        var body = await PutAsync(report.Id, recipient, written);
        var message = new MessageRef(report.Id, body);
        var envelope = new Envelope("", new[] { recipient }, body.Size, new MessageTraits { AutoSubmitted = true })
        {
            Request = new MailRequest { Is8Bit = written.Is8Bit, IsUtf8 = written.IsUtf8 },
        };
        switch (await SubmitAsync(envelope, message))
        {
            case SubmitOutcome.Delivered:
                LogSent(about.Id, report.Kind, report.Sender, report.Id);
                metrics.Sent(report.Kind);
                break;
            case SubmitOutcome.TryAgain or SubmitOutcome.Full:
                throw new StorageException($"the report of message {about.Id} is not durable yet");
            case var refusal:
                LogRefused(about.Id, report.Kind, report.Sender, refusal);
                metrics.Unreportable(report.Kind);
                await bodies.DeleteAsync(body, deadline.Token);
                break;
        }
    }

    /// <summary>As a client's mail, but that nobody waits for an answer: a mailbox that is full is tried again by the queue.</summary>
    private async Task<SubmitOutcome> SubmitAsync(Envelope envelope, MessageRef message)
    {
        if (envelope.Recipients is not [{ Targets: [{ Kind: TargetKind.Mailbox } target] }])
            return (await new Submission(envelope, message, services, mailboxes, isAccepted: true).RunAsync()).Outcomes[0];
        var outcome = MessageRules.Refuse(target, envelope) ?? await mailboxes.DeliverAsync(target, message);
        return outcome is SubmitOutcome.TryAgain or SubmitOutcome.Full ? await services.PutOffAsync(envelope, target, message, outcome) : outcome;
    }

    private async Task<BodyRef> PutAsync(MessageId id, Recipient recipient, WrittenReport written)
    {
        RowKey? sole = recipient.Targets is [var only]
            ? only.Kind == TargetKind.Mailbox ? MailboxKeys.EntryOf(only.Id, id) : QueueKeys.EntryOf(only, id)
            : null;
        var reader = PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(written.Octets));
        try
        {
            return await bodies.PutAsync(reader, new BodyHint(sole), deadline.Token);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}
