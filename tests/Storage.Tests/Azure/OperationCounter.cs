using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Mail.Storage.Tests.Azure;

/// <summary>Counts the requests of one store by kind, from its metric.</summary>
internal sealed class OperationCounter : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<string> seen = [];

    public OperationCounter()
    {
        Meters = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == "mail.store.operations" && published.Meter.Scope == Meters)
                self.EnableMeasurementEvents(published);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => seen.Enqueue($"{tags[0].Value} {tags[1].Value}"));
        listener.Start();
    }

    public IMeterFactory Meters { get; }

    /// <summary>What was asked since the last call.</summary>
    public string[] Take()
    {
        var taken = seen.ToArray();
        seen.Clear();
        return taken;
    }

    public void Dispose()
    {
        listener.Dispose();
        services.Dispose();
    }
}
