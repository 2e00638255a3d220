using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Mail for another host's domain that has become ours since: it goes on here, under the same id.</summary>
internal sealed class LocalReroute(IGrainFactory grains, BodyHolders holders, StoreDeadline deadline)
{
    /// <summary>Routes the entry again. An exception is storage trouble or a bug: the entry is tried again.</summary>
    public async Task<AttemptResult> TryAsync(QueueEntry entry)
    {
        // Before anybody else holds the body: or the entry would end as its only holder.
        if (!entry.Body.Shared)
            return new AttemptResult.Step(entry with { Body = await holders.ShareAsync(entry.Body, [QueueKeys.EntryOf(entry.Target, entry.Id)], deadline.Token) });
        var sender = entry.Target.Sender ?? entry.Sender;
        var submission = grains.GetGrain<ISubmissionGrain>(0);
        var route = await submission.RouteAsync(new RouteRequest(entry.Target.Address, sender, entry.Body.Size, MayRelay: true));
        if (route.Recipient is not { } recipient)
            return Refused(route.Verdict);
        if (recipient.Targets.Any(target => target.Identity == entry.Target.Identity))
            return new AttemptResult.Later("4.3.5 the domain is changing its place"); // what the queue has, it takes for a repetition
        recipient = recipient with { Address = entry.Recipient, Notify = entry.Notify, OriginalRecipient = entry.OriginalRecipient };
        var envelope = new Envelope(sender, [recipient], entry.Body.Size, MessageTraits.None) { Request = entry.Request with { Account = "" } }; // its account was charged when it came
        var result = await submission.SubmitAsync(envelope, new MessageRef(entry.Id, entry.Body));
        return result.Outcomes[0] switch
        {
            SubmitOutcome.Delivered => AttemptResult.Done,
            SubmitOutcome.Full => new AttemptResult.Later("4.2.2 the mailbox is full", OverQuota: true),
            SubmitOutcome.TryAgain => new AttemptResult.Later("4.3.0 temporary trouble here"),
            SubmitOutcome.TooLarge => new AttemptResult.Failure("5.2.3 larger than the mailbox takes"),
            SubmitOutcome.Loop => new AttemptResult.Failure("5.4.6 the message was here before: a loop"),
            SubmitOutcome.NotAllowed => new AttemptResult.Failure("5.7.1 the list takes no such message"),
            _ => new AttemptResult.Failure("5.1.1 no such mailbox"),
        };
    }

    private static AttemptResult Refused(RouteVerdict verdict) => verdict switch
    {
        RouteVerdict.Off => new AttemptResult.Later("4.2.1 the mailbox takes no mail now"),
        RouteVerdict.Full => new AttemptResult.Later("4.2.2 the mailbox is full", OverQuota: true),
        RouteVerdict.Loop => new AttemptResult.Failure("5.4.6 the chain of forwards ends nowhere"),
        RouteVerdict.TooLarge => new AttemptResult.Failure("5.2.3 larger than the mailbox takes"),
        RouteVerdict.NotAllowed => new AttemptResult.Failure("5.7.1 the list takes no such message"),
        _ => new AttemptResult.Failure("5.1.1 no such mailbox"),
    };
}
