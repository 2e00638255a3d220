using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Sends a post to some members of its list: into their mailboxes, and into the queue what goes elsewhere or cannot be delivered now.</summary>
internal sealed partial class ListDelivery(
    Router router,
    MailboxDelivery mailboxes,
    SubmissionServices services,
    BodyHolders holders,
    StoreDeadline deadline,
    IOptions<ListOptions> options,
    ILogger<ListDelivery> logger)
{
    /// <summary>Throws when the store is in trouble: nothing is lost, and what was done is not done again.</summary>
    public async Task SendAsync(QueueEntry post, ListHeader header, IMailingListGrain list, IReadOnlyList<ListMember> members)
    {
        var copies = await PlanAsync(post, header, list, members);
        if (copies.Count == 0)
            return;

        // Every holder stands before the row that will use the body.
        var body = await holders.ShareAsync(post.Body, [.. copies.Select(copy => copy.HolderOf(post.Id))], deadline.Token);
        var message = new MessageRef(post.Id, body);
        var envelope = new Envelope(header.Owner, [], body.Size, MessageTraits.None);
        var queued = copies
            .Where(copy => copy.Target.Kind != TargetKind.Mailbox)
            .Select(copy => NewEntry(envelope, copy, message));
        await Task.WhenAll(
            EnqueueAsync([.. queued]),
            InParallel.ForEachAsync(
                [.. copies.Where(copy => copy.Target.Kind == TargetKind.Mailbox)],
                options.Value.Width,
                async copy => copy.Outcome = await mailboxes.DeliverAsync(copy.Target, message)));

        foreach (var gone in copies.Where(copy => copy.Outcome == SubmitOutcome.Gone))
            await CountFailureAsync(post, list, gone.Member, RouteVerdict.NoSuchMailbox);
        await PutOffAsync(envelope, message, [.. copies.Where(copy => copy.Outcome is SubmitOutcome.Full or SubmitOutcome.TryAgain)]);
    }

    /// <summary>Where the members' copies go: one to each target, and what is meant for it counts more than a copy.</summary>
    private async Task<IReadOnlyCollection<Copy>> PlanAsync(
        QueueEntry post, ListHeader header, IMailingListGrain list, IReadOnlyList<ListMember> members)
    {
        var copies = new Dictionary<(TargetKind, string), Copy>();
        await InParallel.ForEachAsync(members, options.Value.Width, async member =>
        {
            var request = new RouteRequest(member.Address, header.Owner, post.Body.Size, MayRelay: true);
            var route = await router.RouteAsync(request, isPost: true);
            if (route.Recipient is not { } recipient)
            {
                await CountFailureAsync(post, list, member.Address, route.Verdict);
                return;
            }

            foreach (var target in recipient.Targets)
            {
                if (!copies.TryGetValue(target.Identity, out var known) || (known.Target.IsCopy && !target.IsCopy))
                    copies[target.Identity] = new Copy(member.Address, target);
            }
        });
        return copies.Values;
    }

    /// <summary>The poster hears nothing of it: whom a list reaches is the business of its owners.</summary>
    private Task CountFailureAsync(QueueEntry post, IMailingListGrain list, string member, RouteVerdict verdict)
    {
        LogUnreachable(post.Id, post.Target.Address, member, verdict);
        return list.CountBounceAsync(member);
    }

    private QueueEntry NewEntry(Envelope envelope, Copy copy, MessageRef message) =>
        services.NewEntry(envelope, new Recipient(copy.Member, []), copy.Target, message) with { IsBulk = true };

    /// <summary>What could not be delivered is the queue's from now on, which holds the body for it.</summary>
    private async Task PutOffAsync(Envelope envelope, MessageRef message, IReadOnlyList<Copy> failed)
    {
        if (failed.Count == 0)
            return;
        await holders.ShareAsync(message.Body, [.. failed.Select(copy => QueueKeys.EntryOf(copy.Target, message.Id))], deadline.Token);
        await EnqueueAsync([.. failed.Select(copy => services.Failed(NewEntry(envelope, copy, message), copy.Outcome))]);
        foreach (var full in failed.Where(copy => copy.Outcome == SubmitOutcome.Full))
            await mailboxes.ReleaseAsync(full.Target, message);
    }

    private async Task EnqueueAsync(IReadOnlyList<QueueEntry> entries)
    {
        if (entries.Count > 0 && !await services.EnqueueAsync(entries))
            throw new StorageException("the queue did not take what a list sends");
    }

    [LoggerMessage(711, LogLevel.Warning, "Message {MessageId} of list {List} cannot reach member {Member}: {Verdict}")]
    private partial void LogUnreachable(MessageId messageId, string list, string member, RouteVerdict verdict);

    private sealed record Copy(string Member, Target Target)
    {
        /// <summary>What became of a mailbox's copy.</summary>
        public SubmitOutcome Outcome { get; set; }

        public RowKey HolderOf(MessageId id) =>
            Target.Kind == TargetKind.Mailbox ? MailboxKeys.EntryOf(Target.Id, id) : QueueKeys.EntryOf(Target, id);
    }
}
