using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>What the embedded store measures: <c>mail.store.*</c>.</summary>
internal sealed class StoreMetrics
{
    private readonly Histogram<double> groupDuration;
    private readonly Histogram<int> groupWrites;
    private readonly Counter<int> failures;

    public StoreMetrics(IMeterFactory meters, GroupWriter writer, PendingBodies pending)
    {
        var meter = meters.Create("mail.store");
        groupDuration = meter.CreateHistogram<double>(
            "mail.store.group.duration", "s", "From the start of a group's transaction to the end of its fsync.");
        groupWrites = meter.CreateHistogram<int>("mail.store.group.writes", "{write}", "Writes that shared one fsync.");
        failures = meter.CreateCounter<int>("mail.store.failures", "{write}", "Writes that failed or stayed unknown.");
        meter.CreateObservableUpDownCounter(
            "mail.store.bodies", () => writer.Counters.Bodies, "{body}", "Bodies that live in the store.");
        meter.CreateObservableUpDownCounter(
            "mail.store.size", () => writer.Counters.Bytes, "By", "Octets of the bodies that live in the store.");
        meter.CreateObservableUpDownCounter(
            "mail.store.pending", () => pending.Reserved, "By", "Memory of bodies that wait for their rows.");
    }

    public void Committed(long started, int writes)
    {
        groupDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        groupWrites.Record(writes);
    }

    public void Failed(int writes) => failures.Add(writes);
}
