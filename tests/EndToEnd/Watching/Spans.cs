using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orleans.Mail.EndToEnd.Watching;

/// <summary>Hears every span of this process that a collector would get.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly ActivityListener listener;

    public Spans()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("mail.", StringComparison.Ordinal) || source.Name == "Microsoft.Orleans.Runtime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>The span of a message.</summary>
    public Activity Find(string name, string message) =>
        Assert.Single(ended, span => span.OperationName == name && (string?)span.GetTagItem("mail.message.id") == message);

    public Activity[] Of(ActivityTraceId trace) => [.. ended.Where(span => span.TraceId == trace)];

    /// <summary>A span, the span that it is a part of, and so on.</summary>
    public IEnumerable<Activity> PathOf(Activity span)
    {
        var trace = Of(span.TraceId);
        for (var at = span; at is not null; at = trace.SingleOrDefault(each => each.SpanId == at.ParentSpanId))
            yield return at;
    }

    public void Dispose() => listener.Dispose();
}
