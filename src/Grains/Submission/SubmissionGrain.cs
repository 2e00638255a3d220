using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The router. It keeps nothing: everything durable is in the mailboxes, whose answers it gathers.</summary>
[StatelessWorker, Reentrant, GrainType("submission")]
internal sealed partial class SubmissionGrain(
    BodyHolders holders,
    StoreDeadline deadline,
    IOptions<SubmissionOptions> options,
    TimeProvider time,
    ILogger<SubmissionGrain> logger) : Grain, ISubmissionGrain
{
    private static readonly SubmitResult[] OfOne =
        [.. Enum.GetValues<SubmitOutcome>().Select(outcome => new SubmitResult(new[] { outcome }))];

    public Task<SubmitResult> SubmitAsync(Envelope envelope, MessageRef message) =>
        envelope.Recipients.Count == 1
            ? SubmitToOneAsync(envelope.Recipients[0], message)
            : SubmitToManyAsync(envelope.Recipients, message);

    private async Task<SubmitResult> SubmitToOneAsync(Recipient recipient, MessageRef message)
    {
        var outcome = await DeliverAsync(recipient, message);
        if (outcome == SubmitOutcome.Gone)
            await ReleaseAsync(message, recipient.MailboxId);
        return OfOne[(int)outcome];
    }

    private async Task<SubmitResult> SubmitToManyAsync(IReadOnlyList<Recipient> recipients, MessageRef message)
    {
        // A mailbox gets one copy, however often it is named.
        var distinct = recipients.DistinctBy(recipient => recipient.MailboxId).ToList();
        var started = time.GetTimestamp();
        var outcomes = new Dictionary<string, SubmitOutcome>(distinct.Count, StringComparer.Ordinal);
        if (await ShareAsync(message, distinct) is { } shared)
        {
            await InParallel.ForEachAsync(distinct, options.Value.Width, async recipient =>
                outcomes[recipient.MailboxId] = time.GetElapsedTime(started) < options.Value.TimeLimit
                    ? await DeliverAsync(recipient, shared)
                    : SubmitOutcome.TryAgain);
            foreach (var recipient in distinct.Where(recipient => outcomes[recipient.MailboxId] == SubmitOutcome.Gone))
                await ReleaseAsync(shared, recipient.MailboxId);
        }

        return new SubmitResult(recipients
            .Select(recipient => outcomes.GetValueOrDefault(recipient.MailboxId, SubmitOutcome.TryAgain))
            .ToArray());
    }

    /// <summary>Makes the body durable with every mailbox as a holder, before any of them refers to it; null when that fails.</summary>
    private async Task<MessageRef?> ShareAsync(MessageRef message, List<Recipient> recipients)
    {
        try
        {
            var keys = recipients.ConvertAll(recipient => MailboxKeys.EntryOf(recipient.MailboxId, message.Id));
            return message with { Body = await holders.ShareAsync(message.Body, keys, deadline.Token) };
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotShared(failure, message.Id);
            return null;
        }
    }

    private async Task<SubmitOutcome> DeliverAsync(Recipient recipient, MessageRef message)
    {
        try
        {
            var delivery = new Delivery(message, recipient.Address);
            var result = await GrainFactory.GetGrain<IMailboxGrain>(recipient.MailboxId).AppendAsync(delivery);
            if (result == AppendResult.BodyMissing)
                LogBodyMissing(message.Id, recipient.MailboxId);
            return result switch
            {
                AppendResult.Done => SubmitOutcome.Delivered,
                AppendResult.Closed => SubmitOutcome.Gone,
                _ => SubmitOutcome.TryAgain,
            };
        }
        catch (Exception failure)
        {
            // Whatever it is, it concerns this recipient alone, and an unknown error is a temporary one.
            LogNotDelivered(failure, message.Id, recipient.MailboxId);
            return SubmitOutcome.TryAgain;
        }
    }

    /// <summary>Gives a body up for a mailbox that is gone.</summary>
    private async Task ReleaseAsync(MessageRef message, string mailboxId)
    {
        try
        {
            await holders.ReleaseAsync(message.Body, MailboxKeys.EntryOf(mailboxId, message.Id), deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotReleased(failure, message.Id); // the sweep finds it
        }
    }
}
