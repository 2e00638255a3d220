using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// One message on its way to its targets. Either it is refused for all recipients, and then nothing of it stays; or it
/// is accepted for all, and what fails from then on is the queue's.
/// </summary>
internal sealed class Submission
{
    private readonly Envelope envelope;
    private readonly MessageRef message;
    private readonly SubmissionServices services;
    private readonly MailboxDelivery mailboxes;
    private readonly bool isAccepted;
    private readonly List<Job> jobs = [];
    private readonly long started;
    private bool isHeld;

    /// <param name="envelope">The message's envelope.</param>
    /// <param name="message">The message.</param>
    /// <param name="services">What every submission needs.</param>
    /// <param name="mailboxes">Delivers into mailboxes.</param>
    /// <param name="isAccepted">Nobody waits for an answer: nothing is refused any more, and what fails is the queue's.</param>
    public Submission(Envelope envelope, MessageRef message, SubmissionServices services, MailboxDelivery mailboxes, bool isAccepted = false)
    {
        this.isAccepted = isAccepted;
        this.envelope = envelope;
        this.message = message;
        this.services = services;
        this.mailboxes = mailboxes;
        started = services.Time.GetTimestamp();
    }

    public async Task<SubmitResult> RunAsync()
    {
        PlanJobs();
        isHeld = !await services.IsWithinCapAsync(envelope, jobs.Count(job => job.Target.Kind == TargetKind.Remote));
        await ShareAndDeliverAsync([.. jobs.Where(job => !job.Target.IsCopy && job.Outcome is null)]);
        if (!isAccepted && IsRefused())
        {
            await ReleaseAsync(jobs);
            return Result();
        }

        await ShareAndDeliverAsync([.. jobs.Where(job => job.Target.IsCopy && job.Outcome is null)]);
        await ReportAsync([.. jobs.Where(job => job is { OwesSuccess: true, Outcome: SubmitOutcome.Delivered })]);
        await PutOffAsync([.. jobs.Where(job => job.Outcome != SubmitOutcome.Delivered)]);
        return Result();
    }

    /// <summary>A mailbox, a remote address, a list gets one copy, however often it is named; what is meant for it counts before a copy for it.</summary>
    private void PlanJobs()
    {
        var known = new HashSet<(TargetKind, string)>();
        foreach (var copies in new[] { false, true })
        {
            foreach (var recipient in envelope.Recipients)
            {
                foreach (var target in recipient.Targets)
                {
                    if (target.IsCopy == copies && known.Add(target.Identity))
                        jobs.Add(NewJob(recipient, target));
                }
            }
        }
    }

    private Job NewJob(Recipient recipient, Target target) => new(recipient, target, target.Body ?? message.Body)
    {
        Outcome = MessageRules.Refuse(target, envelope),
        OwesSuccess = target.Kind == TargetKind.Mailbox && SubmissionServices.OwesSuccess(envelope, recipient, target),
    };

    private async Task ShareAndDeliverAsync(IReadOnlyList<Job> todo)
    {
        // The only target of a message is the sole holder of its body: it becomes durable with it. Unless the queue has
        // it, and routes it again.
        var alone = !message.Body.Shared && envelope.Recipients is [{ Targets.Count: 1 }] && !jobs[0].OwesSuccess;
        if (alone || await ShareAsync(todo, job => job.HoldersOf(message.Id)))
        {
            await DeliverAsync(todo);
            return;
        }

        foreach (var job in todo)
            job.Outcome = SubmitOutcome.TryAgain;
    }

    /// <summary>Makes the bodies durable with every row that will refer to them, before any does.</summary>
    private async Task<bool> ShareAsync(IReadOnlyList<Job> todo, Func<Job, IEnumerable<RowKey>> holders)
    {
        foreach (var users in todo.GroupBy(job => job.Body).ToArray())
        {
            if (await services.ShareAsync(message.Id, users.Key, [.. users.SelectMany(holders)]) is not { } shared)
                return false;
            foreach (var job in users)
                job.Body = shared;
        }

        return true;
    }

    private async Task DeliverAsync(IReadOnlyList<Job> todo)
    {
        var queued = todo.Where(job => job.Target.Kind != TargetKind.Mailbox).ToArray();
        if (queued.Length > 0)
        {
            var taken = await services.EnqueueAsync([.. queued.Select(NewEntry)]);
            foreach (var job in queued)
                job.Outcome = taken ? SubmitOutcome.Delivered : SubmitOutcome.TryAgain;
        }

        await InParallel.ForEachAsync(
            [.. todo.Where(job => job.Target.Kind == TargetKind.Mailbox)],
            services.Options.Width,
            async job => job.Outcome = services.Time.GetElapsedTime(started) < services.Options.TimeLimit
                ? await mailboxes.DeliverAsync(job.Target, message with { Body = job.Body })
                : SubmitOutcome.TryAgain);
    }

    /// <summary>Nobody has it, and nothing would change that later: the client hears it now.</summary>
    private bool IsRefused()
    {
        var alone = envelope.Recipients.Count == 1;
        return jobs.TrueForAll(job => job.Target.IsCopy || job.Outcome is not (null or SubmitOutcome.Delivered or SubmitOutcome.TryAgain)
                && (alone || job.Outcome != SubmitOutcome.Full))
            && jobs.Exists(job => !job.Target.IsCopy);
    }

    /// <summary>
    /// What was not delivered goes into the queue: to be tried again, or to be reported to the sender. Until the queue has
    /// it, it is to be submitted again.
    /// </summary>
    private async Task PutOffAsync(IReadOnlyList<Job> failed)
    {
        var late = new List<(Job Job, SubmitOutcome Why)>();
        foreach (var job in failed)
        {
            var why = job.Outcome ?? SubmitOutcome.TryAgain;
            var entry = services.Failed(NewEntry(job), why);
            if (entry.Failed && !entry.IsReported)
            {
                services.LogUnreported(message.Id, job.Target.Address, why);
                job.Outcome = SubmitOutcome.Delivered;
                await ReleaseReportAsync(job);
                continue;
            }

            job.Outcome = SubmitOutcome.TryAgain;
            if (job.Target.Kind == TargetKind.Mailbox || entry.Failed)
                late.Add((job, why)); // else it was the queue that did not take it
        }

        if (late.Count == 0 || !await ShareAsync([.. late.Select(each => each.Job)], job => [QueueKeys.EntryOf(job.Target, message.Id)]))
            return;
        if (!await services.EnqueueAsync([.. late.Select(each => services.Failed(NewEntry(each.Job), each.Why))]))
            return;
        foreach (var (job, why) in late)
        {
            job.Outcome = SubmitOutcome.Delivered;
            if (why == SubmitOutcome.Full)
                await mailboxes.ReleaseAsync(job.Target, message with { Body = job.Body });
        }
    }

    /// <summary>What was delivered, and of which the sender is to hear, is an entry that only owes a report.</summary>
    private async Task ReportAsync(IReadOnlyList<Job> delivered)
    {
        if (delivered.Count == 0 || await services.EnqueueAsync([.. delivered.Select(job => SubmissionServices.Succeeded(NewEntry(job)))]))
            return;
        foreach (var job in delivered)
            job.Outcome = SubmitOutcome.TryAgain; // nothing is delivered twice then, but the report is owed still
    }

    /// <summary>Ends the holds of the mailboxes that were asked and did not take it, and of reports that nobody is owed.</summary>
    private async Task ReleaseAsync(IReadOnlyList<Job> refused)
    {
        foreach (var job in refused.Where(job => job is { Target.Kind: TargetKind.Mailbox, Outcome: SubmitOutcome.Full }))
            await mailboxes.ReleaseAsync(job.Target, message with { Body = job.Body });
        foreach (var job in refused)
            await ReleaseReportAsync(job);
    }

    private Task ReleaseReportAsync(Job job) =>
        job is { OwesSuccess: true, Body.Shared: true } ? services.ReleaseAsync(job.Target, message with { Body = job.Body }) : Task.CompletedTask;

    private QueueEntry NewEntry(Job job)
    {
        var entry = services.NewEntry(envelope, job.Recipient, job.Target, message with { Body = job.Body });
        return isHeld && job.Target.Kind == TargetKind.Remote ? entry with { Held = true } : entry;
    }

    /// <summary>
    /// A recipient's outcome: to be tried again when any of its targets is; else of those that are no copies one that was
    /// delivered, else the first.
    /// </summary>
    private SubmitResult Result()
    {
        var outcomes = jobs.ToDictionary(job => job.Target.Identity, job => job.Outcome);
        return new SubmitResult(envelope.Recipients.Select(Outcome).ToArray());

        SubmitOutcome Outcome(Recipient recipient)
        {
            var all = recipient.Targets.Select(target => outcomes[target.Identity]).ToArray();
            if (all.Contains(SubmitOutcome.TryAgain))
                return SubmitOutcome.TryAgain;
            var mains = recipient.Targets.Where(target => !target.IsCopy).Select(target => outcomes[target.Identity]).ToArray();
            return mains.Length == 0 || mains.Contains(SubmitOutcome.Delivered) ? SubmitOutcome.Delivered : mains[0] ?? SubmitOutcome.TryAgain;
        }
    }

    private sealed class Job(Recipient recipient, Target target, BodyRef body)
    {
        public Recipient Recipient => recipient;

        public Target Target => target;

        public BodyRef Body { get; set; } = body;

        /// <summary>What became of it; null = nothing yet.</summary>
        public SubmitOutcome? Outcome { get; set; }

        /// <summary>Its sender is to hear when it is in its mailbox.</summary>
        public bool OwesSuccess { get; init; }

        public IEnumerable<RowKey> HoldersOf(MessageId id)
        {
            if (target.Kind == TargetKind.Mailbox)
                yield return MailboxKeys.EntryOf(target.Id, id);
            if (target.Kind != TargetKind.Mailbox || OwesSuccess)
                yield return QueueKeys.EntryOf(target, id);
        }
    }
}
