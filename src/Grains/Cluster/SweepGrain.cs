using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Finds bodies that nobody holds. A body is held when an entry that is no tombstone refers to it: the entry that its
/// sole holder names, or one of the entries that its holder rows name; entries of mailboxes and of the queue. What is orphaned between the look and the
/// deletion cannot be held again: a body is required by a commit within minutes or never.
/// </summary>
[Reentrant, GrainType("sweep")]
internal sealed partial class SweepGrain(
    IBodyStore bodies,
    BodyHolders holders,
    SettledRows rows,
    StoreDeadline deadline,
    IOptions<SweepOptions> options,
    TimeProvider time,
    ILogger<SweepGrain> logger) : Grain, ISweepGrain
{
    public async Task<SweepProgress> SweepAsync(SweepProgress progress)
    {
        var page = await bodies.ScanAsync(progress.Cursor, options.Value.Page, deadline.Token);
        var now = time.GetUtcNow();
        foreach (var stored in page.Bodies)
        {
            progress = progress with { Bodies = progress.Bodies + 1 };
            var age = now - stored.Created;
            var orphan = age >= options.Value.InFlight && !await IsHeldAsync(stored);
            if (orphan)
                progress = progress with { Orphans = progress.Orphans + 1 };
            if (orphan && age >= options.Value.SweepAge)
            {
                LogDeleted(stored.Body.High, stored.Body.Low, stored.Body.Size);
                await holders.DiscardAsync(stored.Body, deadline.Token);
                progress = progress with { Deleted = progress.Deleted + 1 };
            }
            else
            {
                progress = progress with { LiveBytes = progress.LiveBytes + stored.Body.Size };
            }
        }

        return progress with { Cursor = page.Next };
    }

    public async Task<StoreUsage> ReadUsageAsync()
    {
        var usage = await bodies.ReadUsageAsync(deadline.Token);
        return new StoreUsage(usage.Bodies, usage.Bytes);
    }

    private async ValueTask<bool> IsHeldAsync(StoredBody stored)
    {
        if (stored.SoleHolder is { } sole && await HoldsAsync(sole, stored.Body))
            return true;
        RowRange? rest = null;
        do
        {
            var page = await holders.ReadHoldersAsync(stored.Body, rest, StoreLimits.PageRows, deadline.Token);
            foreach (var holder in page.Holders)
            {
                if (await HoldsAsync(holder, stored.Body))
                    return true;
            }

            rest = page.Next;
        }
        while (rest is not null);
        return false;
    }

    private async ValueTask<bool> HoldsAsync(RowKey holder, BodyRef body)
    {
        if (await rows.ReadAsync(holder) is not { } row)
            return false;
        BodyRef? held;
        if (holder.Partition.StartsWith(MailboxKeys.Partitions, StringComparison.Ordinal))
        {
            held = EntryRow.Decode(row.Value)?.Body;
        }
        else if (holder.Partition.StartsWith(QueueKeys.Partitions, StringComparison.Ordinal))
        {
            held = QueueRow.Decode(row.Value) is { Finished: false, Entry: { } entry } ? entry.Body : null;
        }
        else
        {
            LogUnknownHolder(holder);
            return true; // a kind of holder that this release does not know: keep the body
        }

        // Shared or not is no part of a body's identity.
        return held is { } other && other with { Shared = body.Shared } == body;
    }
}
