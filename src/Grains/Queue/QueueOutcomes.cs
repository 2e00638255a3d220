using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>What follows for a row from what happens to its entry. It only computes; times come from the row and the clock.</summary>
internal sealed class QueueOutcomes(RetrySchedule schedule, IOptions<QueueOptions> options, TimeProvider time)
{
    /// <summary>When an attempt that was interrupted is repeated, if the schedule does not say: soon, but never at once.</summary>
    private static readonly TimeSpan Interrupted = TimeSpan.FromMinutes(1);

    private readonly QueueOptions options = options.Value;

    /// <summary>A number that entries of one report share.</summary>
    public long NewReportNumber() => ReportNumber.New(time.GetUtcNow());

    /// <summary>Whether the time in which an entry is tried is over.</summary>
    public bool IsOver(QueueEntry entry) => time.GetUtcNow() >= schedule.EndOf(entry);

    /// <summary>An entry that waits for its time, or owes a report from the start.</summary>
    public QueueRow Accepted(QueueEntry entry)
    {
        entry = entry with { NextAttempt = entry.NextAttempt > entry.Due ? entry.NextAttempt : entry.Due };
        if (entry.Failed || entry.Report != ReportKind.None)
            return Owing(entry, entry.Failed ? ReportKind.Failed : entry.Report, entry.ReportNumber);
        return entry.Held ? Held(entry) : Waiting(entry);
    }

    /// <summary>An entry whose first attempt begins with its insertion.</summary>
    public QueueRow Fresh(QueueEntry entry, QueueClaim claim)
    {
        var now = time.GetUtcNow(); // not when it was entered, which another silo's clock said
        var due = now + (options.FirstRetry < Interrupted ? options.FirstRetry : Interrupted);
        var row = entry with { Attempts = 1, LastAttempt = now, Due = due, NextAttempt = due };
        return new QueueRow(row, due, DueLane.Of(row, isRetry: false)) { Claim = claim };
    }

    /// <summary>A claimed row. The next attempt's time is as if this one failed; a claim that is ours already is renewed only.</summary>
    public QueueRow Claimed(QueueRow row, QueueClaim claim)
    {
        if (row.Claim?.Owner == claim.Owner)
            return row with { Claim = claim };
        var now = time.GetUtcNow();
        var entry = row.Entry! with { Attempts = row.Entry.Attempts + 1, LastAttempt = now };
        var next = schedule.Next(entry, overQuota: false, null) ?? now + Interrupted;
        entry = entry with { NextAttempt = next, Due = next };
        return row with { Entry = entry, Due = next, Lane = DueLane.Of(entry, isRetry: true), Claim = claim };
    }

    /// <summary>An attempt that did not begin: the entry is due now.</summary>
    public QueueRow GivenBack(QueueRow row)
    {
        var attempts = Math.Max(row.Entry!.Attempts - 1, 0);
        var now = time.GetUtcNow();
        var entry = row.Entry with { Attempts = attempts, LastAttempt = attempts == 0 ? null : row.Entry.LastAttempt, NextAttempt = now };
        return Waiting(entry);
    }

    /// <summary>Nothing more to be done, except what the sender asked to hear.</summary>
    /// <param name="tried">The entry after its attempt.</param>
    /// <param name="success">The report of a success, if the sender wants one; None if another host gives it.</param>
    /// <param name="number">The number of the report.</param>
    public QueueRow Done(QueueEntry tried, ReportKind success, long number)
    {
        var told = success != ReportKind.None && tried is { Sender.Length: > 0, Target.IsCopy: false, Request.IsTrusted: true } && tried.Notify.HasFlag(Notify.Success);
        return told ? Owing(tried, success, number) : Finished(tried);
    }

    /// <summary>To be tried again, unless its time is over.</summary>
    public QueueRow Later(QueueEntry tried, bool overQuota, DateTimeOffset? until, long number) =>
        schedule.Next(tried, overQuota, until) is { } next
            ? Waiting(tried with { NextAttempt = next })
            : Failed(tried with { Status = $"5.4.7 the time is over; the last answer was: {tried.Status}" }, number);

    /// <summary>Not to be tried again. A failure that nobody hears of ends the entry.</summary>
    public QueueRow Failed(QueueEntry tried, long number) =>
        tried.IsReported ? Owing(tried, ReportKind.Failed, number) : Finished(tried with { Failed = true });

    /// <summary>The report has been sent.</summary>
    public QueueRow Told(QueueEntry entry) =>
        entry.Report == ReportKind.Delayed
            ? Waiting(entry with { Report = ReportKind.None, ReportNumber = 0, DelayTold = true })
            : Finished(entry);

    /// <summary>Waits for its next attempt, or for the notice that it waits.</summary>
    public QueueRow Waiting(QueueEntry entry)
    {
        var due = entry.NextAttempt;
        if (DelayNoticeOf(entry) is { } notice)
        {
            if (notice <= time.GetUtcNow())
                return Owing(entry, ReportKind.Delayed, ReportNumber.Of(notice, entry.Id)); // all that came with it hear of it together
            due = notice < due ? notice : due;
        }

        entry = entry with { Due = due };
        return new QueueRow(entry, due, DueLane.Of(entry, entry.Attempts > 0)) { Indexed = true };
    }

    /// <summary>Held back by an operator.</summary>
    public QueueRow Held(QueueEntry entry)
    {
        entry = entry with { Held = true };
        return new QueueRow(entry, time.GetUtcNow(), DueLane.Held) { Indexed = true };
    }

    /// <summary>What an operator makes of an entry; null when there is nothing to change.</summary>
    public QueueRow? Changed(QueueEntry entry, QueueChange change, long number) => change switch
    {
        QueueChange.Resend when entry is { Held: false, Report: ReportKind.None } => Waiting(entry with { NextAttempt = time.GetUtcNow() }),
        QueueChange.Hold when entry is { Held: false, Report: ReportKind.None } => Held(entry),
        QueueChange.Release when entry.Held => Waiting(entry with { Held = false, NextAttempt = time.GetUtcNow() }),
        QueueChange.Delete when entry.Report is ReportKind.None or ReportKind.Delayed => Failed(entry with { Held = false, Status = "5.7.1 deleted by the operator" }, number),
        QueueChange.DeleteSilently => Finished(entry with { Status = "5.7.1 deleted by the operator" }),
        _ => null,
    };

    public QueueRow Finished(QueueEntry entry)
    {
        var due = time.GetUtcNow() + options.Memory;
        var left = entry with
        {
            Finished = true,
            Cursor = "",
            Request = MailRequest.None,
            OriginalRecipient = "",
            Report = ReportKind.None,
            Held = false,
            Due = due,
        };
        return new QueueRow(left, due, DueLane.Purge);
    }

    private QueueRow Owing(QueueEntry entry, ReportKind report, long number)
    {
        var now = time.GetUtcNow();
        entry = entry with { Report = report, Failed = report == ReportKind.Failed, ReportNumber = number == 0 ? NewReportNumber() : number, Due = now };
        return new QueueRow(entry, now, DueLane.Of(entry, isRetry: true)) { Indexed = true };
    }

    /// <summary>When the sender hears that it still waits; null when it does not, or has heard it.</summary>
    private DateTimeOffset? DelayNoticeOf(QueueEntry entry)
    {
        if (entry.DelayTold || entry.IsBulk || entry.Held || entry.Attempts == 0 || entry.Sender.Length == 0 || entry.Target.IsCopy || !entry.Request.IsTrusted)
            return null;
        return entry.Notify == Notify.Default || entry.Notify.HasFlag(Notify.Delay) ? entry.Entered + options.DelayNoticeAfter : null;
    }
}
