using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>What every submission needs: holds of bodies, and the way into the queue.</summary>
internal sealed partial class SubmissionServices(
    IGrainFactory grains,
    BodyHolders holders,
    StoreDeadline deadline,
    RetrySchedule schedule,
    IOptions<SubmissionOptions> options,
    IOptions<QueueOptions> queue,
    TimeProvider time,
    ILogger<SubmissionServices> logger)
{
    public SubmissionOptions Options => options.Value;

    public TimeProvider Time => time;

    /// <summary>An entry for the queue.</summary>
    /// <param name="envelope">The message's envelope.</param>
    /// <param name="recipient">The recipient as the client gave it.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="message">The message, with the body for this target.</param>
    public QueueEntry NewEntry(Envelope envelope, string recipient, Target target, MessageRef message)
    {
        var now = time.GetUtcNow();
        return new QueueEntry
        {
            Id = message.Id,
            Target = target,
            Sender = envelope.Sender,
            Recipient = recipient,
            Body = message.Body,
            Entered = now,
            Due = now,
        };
    }

    /// <summary>The entry of a delivery that did not succeed now: to be tried again, or to be reported.</summary>
    public QueueEntry Failed(QueueEntry entry, SubmitOutcome outcome)
    {
        var tried = entry with { Attempts = 1, LastAttempt = entry.Entered };
        return outcome switch
        {
            SubmitOutcome.Full => tried with { Status = "4.2.2 the mailbox is full", Due = Next(entry, overQuota: true) },
            SubmitOutcome.TryAgain => tried with { Status = "4.3.0 temporary trouble here", Due = Next(entry, overQuota: false) },
            SubmitOutcome.TooLarge => tried with { Status = "5.2.3 larger than the mailbox takes", Failed = true },
            SubmitOutcome.Loop => tried with { Status = "5.4.6 the message was here before: a loop", Failed = true },
            SubmitOutcome.NotAllowed => tried with { Status = "5.7.1 the list takes no such message", Failed = true },
            _ => tried with { Status = "5.1.1 no such mailbox", Failed = true },
        };
    }

    /// <summary>Makes <paramref name="keys"/> hold the body; null when that fails.</summary>
    public async Task<BodyRef?> ShareAsync(MessageId id, BodyRef body, IReadOnlyList<RowKey> keys)
    {
        try
        {
            return await holders.ShareAsync(body, keys, deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotShared(failure, id);
            return null;
        }
    }

    /// <summary>Hands entries over to the queue. False when not all of them were taken: whoever repeats it repeats nothing in the queue.</summary>
    public async Task<bool> EnqueueAsync(IReadOnlyList<QueueEntry> entries)
    {
        try
        {
            await Task.WhenAll(entries
                .GroupBy(entry => QueueKeys.ShardOf(entry.Target, queue.Value.Shards))
                .Select(shard => grains.GetGrain<IQueueGrain>(shard.Key).AcceptAsync(shard.ToArray())));
            return true;
        }
        catch (Exception failure)
        {
            LogNotQueued(failure, entries[0].Id);
            return false;
        }
    }

    /// <summary>
    /// A delivery whose outcome is not known goes on in the queue. The mailbox may use the body already, so it holds it
    /// beside the queue's entry.
    /// </summary>
    public async Task<SubmitOutcome> PutOffAsync(Envelope envelope, Target target, MessageRef message)
    {
        var keys = new[] { MailboxKeys.EntryOf(target.Id, message.Id), QueueKeys.EntryOf(target, message.Id) };
        if (await ShareAsync(message.Id, message.Body, keys) is not { } shared)
            return SubmitOutcome.TryAgain;
        var entry = NewEntry(envelope, envelope.Recipients[0].Address, target, message with { Body = shared });
        return await EnqueueAsync([Failed(entry, SubmitOutcome.TryAgain)]) ? SubmitOutcome.Delivered : SubmitOutcome.TryAgain;
    }

    private DateTimeOffset Next(QueueEntry entry, bool overQuota) => schedule.Next(entry.Entered, 1, overQuota) ?? entry.Entered;

    [LoggerMessage(501, LogLevel.Error, "Message {MessageId}: its body could not be shared")]
    private partial void LogNotShared(Exception failure, MessageId messageId);

    [LoggerMessage(505, LogLevel.Error, "Message {MessageId}: the queue did not take it")]
    private partial void LogNotQueued(Exception failure, MessageId messageId);

    /// <summary>Nobody hears of it: it was a copy, or the message has no sender.</summary>
    [LoggerMessage(506, LogLevel.Warning, "Message {MessageId}: not delivered to {Address}, and nobody is told: {Outcome}")]
    public partial void LogUnreported(MessageId messageId, string address, SubmitOutcome outcome);
}
