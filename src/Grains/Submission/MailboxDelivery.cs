using Microsoft.Extensions.Logging;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Delivers into a mailbox, and gives the mailbox's hold of the body up when it does not use it.</summary>
internal sealed partial class MailboxDelivery(IGrainFactory grains, BodyHolders holders, StoreDeadline deadline, ILogger<MailboxDelivery> logger)
{
    /// <summary>Never throws: whatever goes wrong concerns this mailbox alone, and an unknown error is a temporary one.</summary>
    public async Task<SubmitOutcome> DeliverAsync(Target target, MessageRef message)
    {
        try
        {
            var delivery = new Delivery(message, target.Address, target.Quota);
            switch (await grains.GetGrain<IMailboxGrain>(target.Id).AppendAsync(delivery))
            {
                case AppendResult.Done:
                    return SubmitOutcome.Delivered;
                case AppendResult.HadBefore:
                    await ReleaseAsync(target, message);
                    return SubmitOutcome.Delivered;
                case AppendResult.Closed:
                    await ReleaseAsync(target, message);
                    return SubmitOutcome.Gone;
                case AppendResult.Full:
                    return SubmitOutcome.Full;
                default:
                    LogBodyMissing(message.Id, target.Id);
                    return SubmitOutcome.TryAgain;
            }
        }
        catch (Exception failure)
        {
            LogNotDelivered(failure, message.Id, target.Id);
            return SubmitOutcome.TryAgain;
        }
    }

    /// <summary>
    /// Gives a shared body up for a mailbox that does not use it. One that is not shared is left to who put it: it cannot
    /// be known here whether an earlier attempt has shared it.
    /// </summary>
    public async Task ReleaseAsync(Target target, MessageRef message)
    {
        if (!message.Body.Shared)
            return;
        try
        {
            await holders.ReleaseAsync(message.Body, MailboxKeys.EntryOf(target.Id, message.Id), deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotReleased(failure, message.Id); // the sweep finds it
        }
    }

    [LoggerMessage(502, LogLevel.Error, "Message {MessageId}: not delivered to mailbox {MailboxId}, or the outcome is unknown")]
    private partial void LogNotDelivered(Exception failure, MessageId messageId, string mailboxId);

    [LoggerMessage(503, LogLevel.Error, "Message {MessageId}: its body is not in the store; not delivered to mailbox {MailboxId}")]
    private partial void LogBodyMissing(MessageId messageId, string mailboxId);

    [LoggerMessage(504, LogLevel.Warning, "Message {MessageId}: the body of a mailbox that does not use it was not released; a sweep will find it")]
    private partial void LogNotReleased(Exception failure, MessageId messageId);
}
