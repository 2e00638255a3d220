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
    /// <param name="target">Where it goes; of a copy nobody hears (SPEC 2).</param>
    /// <param name="message">The message, with the body for this target.</param>
    public QueueEntry NewEntry(Envelope envelope, Recipient recipient, Target target, MessageRef message)
    {
        var now = time.GetUtcNow();
        return new QueueEntry
        {
            Id = message.Id,
            Target = target,
            Sender = envelope.Sender,
            Recipient = recipient.Address,
            Body = message.Body,
            Entered = now,
            Due = now,
            NextAttempt = now,
            Request = envelope.Request,
            Notify = target.IsCopy ? Notify.Never : recipient.Notify,
            OriginalRecipient = recipient.OriginalRecipient,
            IsNotice = envelope.Sender.Length == 0,
        };
    }

    /// <summary>The entry of a delivery that did not succeed now: to be tried again, or to be reported.</summary>
    public QueueEntry Failed(QueueEntry entry, SubmitOutcome outcome)
    {
        return outcome switch
        {
            SubmitOutcome.Full => Later("4.2.2 the mailbox is full", schedule.Next(entry.Entered, 1, overQuota: true) ?? entry.Entered),
            SubmitOutcome.TryAgain => Later("4.3.0 temporary trouble here", entry.Entered + QueueShard.Rest), // a silo that died is replaced long before the first retry of mail for others
            SubmitOutcome.TooLarge => Never("5.2.3 larger than the mailbox takes"),
            SubmitOutcome.Loop => Never("5.4.6 the message was here before: a loop"),
            SubmitOutcome.NotAllowed => Never("5.7.1 the list takes no such message"),
            _ => Never("5.1.1 no such mailbox"),
        };

        QueueEntry Tried(string status) => entry with
        {
            Attempts = 1,
            LastAttempt = entry.Entered,
            Status = status,
            History = new[] { new Attempt(entry.Entered, "", status) },
        };

        QueueEntry Later(string status, DateTimeOffset next) => Tried(status) with { Due = next, NextAttempt = next };

        QueueEntry Never(string status) => Tried(status) with { Failed = true, Report = ReportKind.Failed };
    }

    /// <summary>Whether the account may send to so many more recipients elsewhere today. What cannot be counted may go.</summary>
    public async ValueTask<bool> IsWithinCapAsync(Envelope envelope, int remote)
    {
        if (remote == 0 || options.Value.DailyCap == 0 || envelope.Request.Account.Length == 0)
            return true;
        try
        {
            return await grains.GetGrain<ISendingCapGrain>(envelope.Request.Account.ToLowerInvariant()).CountAsync(remote, options.Value.DailyCap);
        }
        catch (Exception failure)
        {
            LogNotCounted(failure, envelope.Request.Account);
            return true;
        }
    }

    /// <summary>Whether the sender of a message wants to hear that it arrived, and may (RFC 3461 4.1).</summary>
    public static bool OwesSuccess(Envelope envelope, Recipient recipient, Target target) =>
        recipient.Notify.HasFlag(Notify.Success) && envelope.Request.IsTrusted && envelope.Sender.Length > 0 && !target.IsCopy;

    /// <summary>The entry of a delivery that is done, and of which its sender is to hear.</summary>
    public static QueueEntry Succeeded(QueueEntry entry) =>
        entry with { Attempts = 1, LastAttempt = entry.Entered, Status = "2.0.0 delivered", Report = ReportKind.Delivered };

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

    /// <summary>Ends the hold of an entry that the queue does not get.</summary>
    public async Task ReleaseAsync(Target target, MessageRef message)
    {
        try
        {
            await holders.ReleaseAsync(message.Body, QueueKeys.EntryOf(target, message.Id), deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotReleased(failure, message.Id); // the sweep finds it
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
    /// beside the queue's entry. One that is full does not.
    /// </summary>
    /// <param name="envelope">The message's envelope.</param>
    /// <param name="target">The mailbox, the only target of the only recipient.</param>
    /// <param name="message">The message, with the body for the mailbox.</param>
    /// <param name="outcome">TryAgain or Full.</param>
    public async Task<SubmitOutcome> PutOffAsync(Envelope envelope, Target target, MessageRef message, SubmitOutcome outcome = SubmitOutcome.TryAgain)
    {
        var entryKey = QueueKeys.EntryOf(target, message.Id);
        RowKey[] keys = outcome == SubmitOutcome.Full ? [entryKey] : [MailboxKeys.EntryOf(target.Id, message.Id), entryKey];
        if (await ShareAsync(message.Id, message.Body, keys) is not { } shared)
            return SubmitOutcome.TryAgain;
        var entry = NewEntry(envelope, envelope.Recipients[0], target, message with { Body = shared });
        return await EnqueueAsync([Failed(entry, outcome)]) ? SubmitOutcome.Delivered : SubmitOutcome.TryAgain;
    }

    [LoggerMessage(501, LogLevel.Error, "Message {MessageId}: its body could not be shared")]
    private partial void LogNotShared(Exception failure, MessageId messageId);

    [LoggerMessage(505, LogLevel.Error, "Message {MessageId}: the queue did not take it")]
    private partial void LogNotQueued(Exception failure, MessageId messageId);

    [LoggerMessage(507, LogLevel.Warning, "What account {Account} sends today could not be counted; it is sent")]
    private partial void LogNotCounted(Exception failure, string account);

    [LoggerMessage(508, LogLevel.Warning, "Message {MessageId}: the body of a report that is not owed was not released; a sweep will find it")]
    private partial void LogNotReleased(Exception failure, MessageId messageId);

    /// <summary>Nobody hears of it: it was a copy, or the message has no sender.</summary>
    [LoggerMessage(506, LogLevel.Warning, "Message {MessageId}: not delivered to {Address}, and nobody is told: {Outcome}")]
    public partial void LogUnreported(MessageId messageId, string address, SubmitOutcome outcome);
}
