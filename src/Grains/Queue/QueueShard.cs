using System.Diagnostics;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// What a shard of the queue has in memory: a bounded window over its partitions. All its members run in the turns of one
/// activation. Its truth is the rows: whatever is lost here is read again when its time comes.
/// </summary>
internal sealed partial class QueueShard : IDisposable
{
    /// <summary>The status of an attempt that nobody but ourselves let fail.</summary>
    public const string TroubleHere = "4.3.0 temporary trouble here";

    /// <summary>After a fault of the store an attempt rests for so long.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>What another silo has claimed is looked at again after so long: that silo may be gone by then.</summary>
    private static readonly TimeSpan OthersRest = TimeSpan.FromSeconds(15);

    /// <summary>Characters that an entry remembers of an answer, and of a host's name: a peer may say far more than a row takes.</summary>
    private const int MaxText = 1000;

    private static readonly TimeSpan StopStep = TimeSpan.FromMilliseconds(20);

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
        if (IsOthers(item))
            Pump.Rest(item, item.Row.Claim!.Until < Now + OthersRest ? item.Row.Claim.Until : Now + OthersRest);
        else if (item.Row.Lane == DueLane.Report)
            Reports.Offer(item);
        else if (entry.NextAttempt > Now && !IsOurs(item))
            _ = EndAsync(item, Outcomes.Waiting(entry)); // its sender is told that it waits; what is ours rested from an attempt that trouble here had ended
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

    /// <summary>Whether trouble here, of the store or the cluster, is no attempt of an entry: unless it lasts as long as the wait after a failed one.</summary>
    public bool MayRest(QueueItem item) => !(Now - item.Entry.LastAttempt >= Services.Options.FirstRetry);

    /// <summary>Whether this activation has claimed it.</summary>
    public bool IsOurs(QueueItem item) => item.Row.Claim?.Owner == owner;

    /// <summary>Whether another activation, on a silo that lives, has claimed it.</summary>
    public bool IsOthers(QueueItem item) =>
        item.Row.Claim is { } claim && claim.Owner != owner && claim.Until > Now && Services.Silos.IsAlive(claim.Silo);

    /// <summary>An entry with one more attempt behind it.</summary>
    public QueueEntry Tried(QueueItem item, DateTimeOffset began, string host, string status)
    {
        var entry = item.Entry;
        host = Cut(host);
        status = Cut(status);
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
        item.Partition.Restart(); // whoever wrote it may have put it into any lane, at any time
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

    /// <summary>
    /// Ends the activation: what is claimed but was not begun is due for others at once. What is being sent or
    /// written comes to its end, within a limit: else it would be sent twice.
    /// </summary>
    public async Task StopAsync(TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp(); // the process ends, whatever the clock of the queue says
        await stopping.CancelAsync();
        foreach (var partition in partitions.Values)
        {
            foreach (var item in partition.Items.Values.ToArray())
            {
                if (item.State is ItemState.Ready or ItemState.Resting && IsOurs(item))
                    _ = GiveBackAsync(item);
            }
        }

        while (IsAtWork() && Stopwatch.GetElapsedTime(began) < limit)
            await Task.Delay(StopStep);
        if (IsAtWork())
            LogNotGivenBack(Number);
        Services.Metrics.Forget(Number);
    }

    public void Dispose() => stopping.Dispose();

    private static string Cut(string text) =>
        text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];

    // Local attempts and reports are not waited for: they may call this grain, which answers no more, and done twice they are done once.
    private bool IsAtWork() =>
        partitions.Values.Any(static partition => partition.Items.Values.Any(static item =>
            item.State == ItemState.Writing || item is { State: ItemState.Busy, Feed: not null, Row.Lane: not DueLane.Report }));

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
