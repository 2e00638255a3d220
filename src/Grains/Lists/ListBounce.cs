using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A post that came back to the list's owners: it is counted for the members that the report names, and not passed on.</summary>
internal sealed partial class ListBounce(
    IGrainFactory grains, IBodyStore bodies, StoreDeadline deadline, IOptions<ListOptions> options, ILogger<ListBounce> logger) : IQueueAttempt
{
    public TargetKind Kind => TargetKind.ListBounce;

    public async Task<AttemptResult> TryAsync(QueueEntry entry)
    {
        var list = grains.GetGrain<IMailingListGrain>(entry.Target.Id);
        var failed = await Task.Run(() => ReadAsync(entry.Body)); // parsing is no work for a grain's turn
        var counted = 0;
        foreach (var recipient in failed)
        {
            if (await FindAsync(list, recipient) is not { } member)
                continue;
            await list.CountBounceAsync(member.Address);
            counted++;
        }

        LogCounted(entry.Id, entry.Target.Address, failed.Count, counted);
        return AttemptResult.Done;
    }

    /// <summary>A member's mail may have been forwarded: what the list sent it to comes first.</summary>
    private static async Task<ListMember?> FindAsync(IMailingListGrain list, FailedRecipient recipient) =>
        await list.FindAsync(recipient.Original) ?? await list.FindAsync(recipient.Final);

    private async Task<IReadOnlyList<FailedRecipient>> ReadAsync(BodyRef body)
    {
        await using var report = await bodies.OpenReadAsync(body, new BodyRange(0, options.Value.BounceSize), deadline.Token);
        return await BounceReport.ReadAsync(report);
    }

    [LoggerMessage(721, LogLevel.Information, "Message {MessageId} came back to {Owner}: {Failed} recipients failed, {Counted} of them are members")]
    private partial void LogCounted(MessageId messageId, string owner, int failed, int counted);
}
