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
    private readonly List<Job> jobs = [];
    private readonly long started;

    public Submission(Envelope envelope, MessageRef message, SubmissionServices services, MailboxDelivery mailboxes)
    {
        this.envelope = envelope;
        this.message = message;
        this.services = services;
        this.mailboxes = mailboxes;
        started = services.Time.GetTimestamp();
    }

    public async Task<SubmitResult> RunAsync()
    {
        PlanJobs();
        if (!await ShareAsync())
            return Result(jobs, _ => SubmitOutcome.TryAgain);

        await DeliverAsync([.. jobs.Where(job => !job.Target.IsCopy && job.Outcome is null)]);
        if (IsRefused())
        {
            await ReleaseAsync(jobs);
            return Result(jobs, job => job.Outcome ?? SubmitOutcome.Delivered);
        }

        await DeliverAsync([.. jobs.Where(job => job.Outcome is null)]);
        await PutOffAsync([.. jobs.Where(job => job.Outcome != SubmitOutcome.Delivered)]);
        return Result(jobs, job => job.Outcome ?? SubmitOutcome.TryAgain);
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
                        jobs.Add(new Job(recipient.Address, target, target.Body ?? message.Body) { Outcome = MessageRules.Refuse(target, envelope) });
                }
            }
        }
    }

    /// <summary>Makes the bodies durable with every row that will refer to them, before any does.</summary>
    private async Task<bool> ShareAsync()
    {
        // The only target of a message is the sole holder of its body: it becomes durable with it.
        if (envelope.Recipients is [{ Targets.Count: 1 }])
            return true;
        foreach (var users in jobs.Where(job => job.Outcome is null).GroupBy(job => job.Body).ToArray())
        {
            if (await services.ShareAsync(message.Id, users.Key, [.. users.Select(job => job.HolderOf(message.Id))]) is not { } shared)
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

    /// <summary>What was not delivered goes into the queue: to be tried again, or to be reported to the sender.</summary>
    private async Task PutOffAsync(IReadOnlyList<Job> failed)
    {
        var entries = new List<QueueEntry>();
        foreach (var job in failed)
        {
            var outcome = job.Outcome ?? SubmitOutcome.TryAgain;
            var entry = services.Failed(NewEntry(job), outcome);
            if (entry.Failed && !entry.IsReported)
            {
                services.LogCopyFailed(message.Id, job.Target.Address, outcome);
                job.Outcome = SubmitOutcome.Delivered;
            }
            else if (job.Target.Kind != TargetKind.Mailbox && !entry.Failed)
            {
                continue; // the queue itself did not take it
            }
            else if (await services.ShareAsync(message.Id, job.Body, [QueueKeys.EntryOf(job.Target, message.Id)]) is { } shared)
            {
                entries.Add(entry with { Body = shared });
                if (outcome == SubmitOutcome.Full)
                    await mailboxes.ReleaseAsync(job.Target, message with { Body = shared });
            }
        }

        if (entries.Count == 0 || !await services.EnqueueAsync(entries))
            return;
        var taken = entries.Select(entry => entry.Target.Identity).ToHashSet();
        foreach (var job in failed.Where(job => taken.Contains(job.Target.Identity)))
            job.Outcome = SubmitOutcome.Delivered;
    }

    private async Task ReleaseAsync(IReadOnlyList<Job> held)
    {
        foreach (var job in held.Where(job => job.Body.Shared && job.Target.Kind == TargetKind.Mailbox))
            await mailboxes.ReleaseAsync(job.Target, message with { Body = job.Body });
    }

    private QueueEntry NewEntry(Job job) => services.NewEntry(envelope, job.Recipient, job.Target, message with { Body = job.Body });

    /// <summary>A recipient's outcome: of its targets that are no copies, the first that was delivered, else the first that was not.</summary>
    private SubmitResult Result(List<Job> all, Func<Job, SubmitOutcome> of)
    {
        var outcomes = new Dictionary<(TargetKind, string), SubmitOutcome>();
        foreach (var job in all)
            outcomes[job.Target.Identity] = of(job);
        return new SubmitResult(envelope.Recipients.Select(Outcome).ToArray());

        SubmitOutcome Outcome(Recipient recipient)
        {
            var mains = recipient.Targets.Where(target => !target.IsCopy).Select(target => outcomes[target.Identity]).ToArray();
            return mains.Length == 0 || mains.Contains(SubmitOutcome.Delivered) ? SubmitOutcome.Delivered : mains[0];
        }
    }

    private sealed class Job(string recipient, Target target, BodyRef body)
    {
        public string Recipient => recipient;

        public Target Target => target;

        public BodyRef Body { get; set; } = body;

        /// <summary>What became of it; null = nothing yet.</summary>
        public SubmitOutcome? Outcome { get; set; }

        public RowKey HolderOf(MessageId id) =>
            target.Kind == TargetKind.Mailbox ? MailboxKeys.EntryOf(target.Id, id) : QueueKeys.EntryOf(target, id);
    }
}
