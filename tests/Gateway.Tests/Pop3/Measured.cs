using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>Adds up what a counter counts.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener listener = new();
    private long sum;

    public Measured(IMeterFactory meters, string instrument)
    {
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && published.Meter.Scope == meters)
                self.EnableMeasurementEvents(published);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            Interlocked.Add(ref sum, value);
            Tags.Enqueue(new Dictionary<string, object?>(tags.ToArray()));
        });
        listener.Start();
    }

    /// <summary>The tags of each measurement.</summary>
    public ConcurrentQueue<Dictionary<string, object?>> Tags { get; } = [];

    public long Sum => Interlocked.Read(ref sum);

    public void Dispose() => listener.Dispose();
}
