using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// What a shard of the queue has in memory: a bounded window over its partitions. All its members run in the turns of one
/// activation. Its truth is the rows: whatever is lost here is read again when its time comes.
/// </summary>
internal sealed partial class QueueShard : IDisposable
{
    /// <summary>After a fault of the store an attempt rests for so long.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>The outcome of an attempt is written again after so long: the attempt must not be repeated for it.</summary>
    private static readonly TimeSpan WriteAgain = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, QueuePartition> partitions = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly string owner = Guid.NewGuid().ToString("N");

    public QueueShard(QueueServices services, int number, Action<DateTimeOffset> wakeAt)
    {
        Services = services;
        Stopping = stopping.Token;
        Number = number;
        Locals = new LocalFeed(this);
        Reports = new ReportFeed(this);
        Pump = new QueuePump(this, wakeAt);
        for (var partition = number; partition < QueueKeys.PartitionCount; partition += services.Options.Shards)
            Add(partition);
    }

    public QueueServices Services { get; }

    public int Number { get; }

    public QueueWindow Window { get; } = new();

    public QueuePump Pump { get; }

    public LaneGates Gates { get; } = new();

    public LocalFeed Locals { get; }

    public ReportFeed Reports { get; }

    public IReadOnlyCollection<QueuePartition> Partitions => partitions.Values;

    /// <summary>Ends waits and attempts of this activation.</summary>
    public CancellationToken Stopping { get; }

    public bool IsStopped => Stopping.IsCancellationRequested;

    private QueueOutcomes Outcomes => Services.Outcomes;

    private DateTimeOffset Now => Services.Time.GetUtcNow();

    /// <summary>The partition with this number; one of another shard is served too once it is asked for: its claims keep the two apart.</summary>
    public QueuePartition Partition(int number) => partitions.TryGetValue(number, out var partition) ? partition : Add(number);

    /// <summary>Decides what is done with an entry whose time has come, or whose rest is over.</summary>
    public void Dispatch(QueueItem item)
    {
        var entry = item.Entry;
        item.State = ItemState.Ready;
        if (item.Row.Claim is { } claim && claim.Owner != owner && claim.Until > Now && Services.Silos.IsAlive(claim.Silo))
            Pump.Rest(item, claim.Until);
        else if (item.Row.Lane == QueueLane.Report)
            Reports.Offer(item);
        else if (entry.NextAttempt > Now)
            _ = EndAsync(item, Outcomes.Waiting(entry)); // its sender is told that it waits
        else
            Offer(item);
    }

    /// <summary>Hands an entry over to whoever attempts it.</summary>
    public void Offer(QueueItem item)
    {
        item.State = ItemState.Ready;
        if (item.Entry.Target.Kind == TargetKind.Remote)
            FeedOf(item).Offer(item);
        else
            Locals.Offer(item);
    }

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

    /// <summary>Whether this activation has claimed it.</summary>
    public bool IsOurs(QueueItem item) => item.Row.Claim?.Owner == owner;

    /// <summary>Lets the claim of a running attempt last longer. If that fails, its deadline stays.</summary>
    public void Renew(QueueItem item)
    {
        var renewal = RenewAsync(item);
        if (!renewal.IsCompleted)
            item.Renewal = renewal;
    }

    /// <summary>An entry with one more attempt behind it.</summary>
    public QueueEntry Tried(QueueItem item, DateTimeOffset began, string host, string status)
    {
        var entry = item.Entry;
        var history = new List<Attempt>(QueueEntry.MaxHistory);
        for (var i = Math.Max(0, entry.History.Count - QueueEntry.MaxHistory + 1); i < entry.History.Count; i++)
            history.Add(entry.History[i]);
        history.Add(new Attempt(began, host, status));
        return entry with
        {
            Attempts = IsOurs(item) ? entry.Attempts : entry.Attempts + 1, // a claim has counted it
            LastAttempt = began,
            Status = status,
            History = history,
        };
    }

    /// <summary>Writes what an attempt has led to, however long the store is in trouble, and lets the entry go. Never throws.</summary>
    public async Task EndAsync(QueueItem item, QueueRow next)
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
                    return;
            }
        }

        Remove(item);
        if (next.Finished)
            _ = TryReleaseAsync(body, item.Partition.Name, item.Key);
        else if (next.Lane != QueueLane.Held)
            item.Partition.Touch(item, next.Due); // the cursor may have passed it while it was in memory
    }

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
            if (IsStopped)
                Remove(item);
            else
                Offer(item);
        }
        catch (Exception failure)
        {
            LogNotWritten(failure, item.Key);
            Pump.Rest(item, Now + Rest);
        }
    }

    /// <summary>Lets an entry go whose row is as it should be.</summary>
    public void Remove(QueueItem item)
    {
        if (item.State == ItemState.Gone)
            return;
        item.State = ItemState.Gone;
        item.Partition.Items.Remove(item.Key);
        Window.Leave(item.Share);
        item.Feed?.Left(item);
        Pump.RoomFreed();
    }

    /// <summary>Lets an entry go that is not as it was known here: its row is read again.</summary>
    public void Forget(QueueItem item)
    {
        item.LoseClaim();
        Remove(item);
        item.Partition.Touch(item, Now);
    }

    /// <summary>Takes an entry into memory, with the place it needs there.</summary>
    public QueueItem Enter(QueuePartition partition, string key, QueueRow row, ETag etag, WindowShare share)
    {
        var item = new QueueItem(partition, key, row, etag, share);
        partition.Items.Add(key, item);
        Window.Enter(share);
        if (row.Entry is { Target.Kind: TargetKind.Remote })
        {
            item.Feed = FeedOf(item);
            item.Feed.Count++;
        }

        return item;
    }

    /// <summary>Ends the activation: what is claimed but was not begun is due for others at once.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        await stopping.CancelAsync();
        var back = new List<Task>();
        foreach (var partition in partitions.Values)
        {
            foreach (var item in partition.Items.Values)
            {
                if (item.State is ItemState.Ready or ItemState.Resting && IsOurs(item))
                {
                    item.State = ItemState.Writing;
                    back.Add(partition.WriteAsync(item, Outcomes.GivenBack(item.Row)));
                }
            }
        }

        try
        {
            await Task.WhenAll(back).WaitAsync(limit);
        }
        catch (Exception failure)
        {
            LogNotGivenBack(failure, Number);
        }

        Services.Metrics.Forget(Number);
    }

    public void Dispose() => stopping.Dispose();

    private QueuePartition Add(int number)
    {
        var partition = new QueuePartition(number, Services.Rows, Services.Options, Services.Time, due => Pump.Wake(due));
        partitions.Add(number, partition);
        return partition;
    }

    private QueueClaim NewClaim() => new(Services.Silos.Self, owner, Now + Services.Options.ClaimTime);

    private DestinationFeed FeedOf(QueueItem item) => item.Feed ?? FeedOf(item.Partition, item.Key, item.Entry);

    private DestinationFeed FeedOf(QueuePartition partition, string key, QueueEntry entry)
    {
        var destination = QueueKeys.DestinationOf(key);
        if (!partition.Feeds.TryGetValue(destination, out var feed))
            partition.Feeds.Add(destination, feed = new DestinationFeed(this, partition, destination, entry.Target.Address));
        return feed;
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
