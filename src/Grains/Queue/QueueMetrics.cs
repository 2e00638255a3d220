using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Orleans.Mail.Grains;

/// <summary>What the queue measures: <c>mail.queue.*</c>.</summary>
internal sealed class QueueMetrics
{
    private readonly Counter<long> attempts;
    private readonly Counter<long> outcomes;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<long, IReadOnlyList<QueueLaneStatus>> shards = new();

    public QueueMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        var meter = meters.Create("mail.queue");
        attempts = meter.CreateCounter<long>("mail.queue.attempts", "{attempt}", "Attempts at entries, by lane.");
        outcomes = meter.CreateCounter<long>("mail.queue.outcomes", "{attempt}", "How attempts ended: sent, later, failed.");
        meter.CreateObservableGauge("mail.queue.depth", Depth, "{entry}", "Entries that wait in this process, by lane.");
        meter.CreateObservableGauge("mail.queue.age", Age, "s", "For how long the oldest entry of a lane has been due.");
    }

    public void Attempted(char lane) => attempts.Add(1, new KeyValuePair<string, object?>("lane", DueLane.Names[DueLane.IndexOf(lane)]));

    public void Ended(string outcome) => outcomes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>What a shard of this process has.</summary>
    public void Report(long shard, IReadOnlyList<QueueLaneStatus> lanes) => shards[shard] = lanes;

    /// <summary>The shard has left this process.</summary>
    public void Forget(long shard) => shards.TryRemove(shard, out _);

    private IEnumerable<Measurement<long>> Depth() => ByLane()
        .Select(lane => new Measurement<long>(lane.Sum(each => each.Entries), new KeyValuePair<string, object?>("lane", lane.Key)));

    private IEnumerable<Measurement<double>> Age() => ByLane()
        .Select(lane => new Measurement<double>(Math.Max(0, lane.Max(AgeOf)), new KeyValuePair<string, object?>("lane", lane.Key)));

    private IEnumerable<IGrouping<string, QueueLaneStatus>> ByLane() => shards.Values.SelectMany(lanes => lanes).GroupBy(lane => lane.Lane);

    private double AgeOf(QueueLaneStatus lane) => lane.Oldest is { } oldest ? (time.GetUtcNow() - oldest).TotalSeconds : 0;
}
