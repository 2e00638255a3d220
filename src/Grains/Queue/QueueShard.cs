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
        else if (item.Row.Lane == DueLane.Report)
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

    /// <summary>Whether this activation has claimed it.</summary>
    public bool IsOurs(QueueItem item) => item.Row.Claim?.Owner == owner;

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
}
