using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A mailbox that was full or could not be written when the message came.</summary>
internal sealed class MailboxAttempt(MailboxDelivery mailboxes, BodyHolders holders, StoreDeadline deadline) : IQueueAttempt
{
    public TargetKind Kind => TargetKind.Mailbox;

    public async Task<AttemptResult> TryAsync(QueueEntry entry)
    {
        var target = entry.Target;
        var body = await holders.ShareAsync(entry.Body, [MailboxKeys.EntryOf(target.Id, entry.Id)], deadline.Token);
        var message = new MessageRef(entry.Id, body);
        var outcome = await mailboxes.DeliverAsync(target, message);
        if (outcome == SubmitOutcome.Full)
            await mailboxes.ReleaseAsync(target, message); // the entry holds it
        return outcome switch
        {
            SubmitOutcome.Delivered => AttemptResult.Done,
            SubmitOutcome.Full => new AttemptResult.Later("4.2.2 the mailbox is full", OverQuota: true),
            SubmitOutcome.Gone => new AttemptResult.Failure("5.1.1 no such mailbox"),
            _ => new AttemptResult.Later("4.3.0 temporary trouble here"),
        };
    }
}
