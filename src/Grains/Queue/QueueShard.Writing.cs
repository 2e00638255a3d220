using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>What becomes of entries' rows: claimed, renewed, moved on, ended.</summary>
internal sealed partial class QueueShard
{
    /// <summary>The outcome of an attempt is written again after so long: the attempt must not be repeated for it.</summary>
    private static readonly TimeSpan WriteAgain = TimeSpan.FromSeconds(5);

    /// <summary>Makes the claim of an entry last long enough for an attempt. False when that failed: the entry is none of ours now.</summary>
    public async Task<bool> ClaimAsync(QueueItem item)
    {
        item.State = ItemState.Busy;
        var now = Now;
        var enough = Services.Options.ClaimTime * 0.75;
        if (IsOurs(item) && item.Row.Claim!.Until - now >= enough)
            return true;
        try
        {
            item.State = ItemState.Writing;
            if (await item.Partition.WriteAsync(item, Outcomes.Claimed(item.Row, NewClaim())) == CommitOutcome.Done)
            {
                item.State = ItemState.Busy;
                return true;
            }

            Forget(item);
        }
        catch (Exception failure)
        {
            LogNotWritten(failure, item.Key);
            Pump.Rest(item, now + Rest);
        }

        return false;
    }

    /// <summary>Lets the claim of a running attempt last longer. If that fails, its deadline stays.</summary>
    public void Renew(QueueItem item)
    {
        var renewal = RenewAsync(item);
        if (!renewal.IsCompleted)
            item.Renewal = renewal;
    }

    /// <summary>Writes what an attempt has led to, however long the store is in trouble, and lets the entry go. Never throws.</summary>
    public Task EndAsync(QueueItem item, QueueRow next)
    {
        if (item.Wish is { } wish && next is { Finished: false, Entry: { } waiting } && Outcomes.Changed(waiting, wish, Outcomes.NewReportNumber()) is { } wished)
            next = wished;
        var ending = WriteEndAsync(item, next);
        if (next is { Lane: DueLane.Report, Entry: { } entry })
            _ = Reports.ExpectAsync(item.Key, entry.ReportNumber, ending);
        return ending;
    }

    private async Task WriteEndAsync(QueueItem item, QueueRow next)
    {
        item.State = ItemState.Writing;
        if (item.Renewal is { } renewal)
            await renewal;
        var body = item.Entry.Body;
        while (true)
        {
            try
            {
                if (await item.Partition.WriteAsync(item, next) == CommitOutcome.Done)
                    break;
                if (!await IsStillOursAsync(item))
                {
                    Forget(item);
                    return;
                }
            }
            catch (Exception failure)
            {
                LogNotWritten(failure, item.Key);
                if (!await WaitAsync(WriteAgain))
                {
                    Remove(item);
                    return;
                }
            }
        }

        Remove(item);
        if (next.Finished)
            _ = TryReleaseAsync(body, item.Partition.Name, item.Key);
        else if (next.Lane != DueLane.Held)
            item.Partition.Touch(item, next.Due); // the cursor may have passed it while it was in memory
    }

    /// <summary>An attempt has not begun, or ended before anything was sent: the entry is due for others at once.</summary>
    public Task GiveBackAsync(QueueItem item) => EndAsync(item, Outcomes.GivenBack(item.Row));

    /// <summary>An entry's row is as its step says, and the entry goes on from there.</summary>
    public async Task StepAsync(QueueItem item, AttemptResult.Step step)
    {
        try
        {
            item.State = ItemState.Writing;
            if (item.Renewal is { } renewal)
                await renewal;
            var claim = NewClaim();
            var due = Now + Rest;
            var entry = step.Entry with { Attempts = 1, Status = "", Due = due, NextAttempt = due };
            var next = IsStopped
                ? Outcomes.Waiting(entry with { Attempts = 0, NextAttempt = Now })
                : item.Row with { Entry = entry, Due = due, Claim = claim };
            if (await item.Partition.WriteAsync(item, next, step.Requires) != CommitOutcome.Done)
            {
                Forget(item); // another activation was faster: what it wrote counts
                return;
            }

            if (step.Releases is { } left)
                _ = TryReleaseAsync(left, item.Partition.Name, item.Key);
            if (!IsStopped && item.Wish is null)
                Offer(item);
            else if (IsOurs(item))
                await GiveBackAsync(item); // the end came during the write, or an operator's wish
            else
                Remove(item);
        }
        catch (Exception failure)
        {
            LogNotWritten(failure, item.Key);
            Pump.Rest(item, Now + Rest);
        }
    }

    private async Task RenewAsync(QueueItem item)
    {
        try
        {
            if (await item.Partition.WriteAsync(item, item.Row with { Claim = NewClaim() }) != CommitOutcome.Done)
                item.LoseClaim();
        }
        catch (Exception failure)
        {
            LogNotWritten(failure, item.Key); // the deadline stays: until then it is ours
        }
        finally
        {
            item.Renewal = null;
        }
    }

    /// <summary>Whether a row that is not as expected is ours all the same, since the reply to our last write was lost.</summary>
    private async Task<bool> IsStillOursAsync(QueueItem item)
    {
        if (await item.Partition.ReadAsync(item.Key) is not { } row)
            return false;
        var known = QueueRow.Decode(row.Value);
        if (known.Finished || known.Claim?.Owner != owner)
            return false;
        item.ETag = row.ETag;
        item.Row = known;
        return true;
    }

    private async Task<bool> WaitAsync(TimeSpan span)
    {
        try
        {
            await Task.Delay(span, Services.Time, Stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TryReleaseAsync(BodyRef body, string partition, string key)
    {
        try
        {
            await Services.Holders.ReleaseAsync(body, new RowKey(partition, key), Services.Deadline.Token);
        }
        catch (Exception failure) when (failure is StorageException or OperationCanceledException)
        {
            LogNotReleased(failure, key); // the sweep finds it
        }
    }
}
