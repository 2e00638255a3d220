using System.Diagnostics;

namespace Orleans.Mail.LoadGenerator.Measuring;

/// <summary>All latencies of one kind, kept whole: percentiles are exact.</summary>
internal sealed class LatencySamples
{
    private readonly Lock gate = new();
    private float[] milliseconds = new float[4096];
    private int count;

    /// <param name="since">When it began (<see cref="Stopwatch.GetTimestamp"/>).</param>
    /// <param name="until">When it ended.</param>
    public void Add(long since, long until)
    {
        var sample = (float)Stopwatch.GetElapsedTime(since, until).TotalMilliseconds;
        lock (gate)
        {
            if (count == milliseconds.Length)
                Array.Resize(ref milliseconds, count * 2);
            milliseconds[count++] = sample;
        }
    }

    /// <summary>Adds p50, p99 and maximum to a report, or nothing when there is no sample.</summary>
    public void Report(string name, Report report)
    {
        if (count == 0)
            return;
        Array.Sort(milliseconds, 0, count);
        report.Add($"{name}_p50_ms", milliseconds[count / 2], 3);
        report.Add($"{name}_p99_ms", milliseconds[(int)((count - 1) * 0.99)], 3);
        report.Add($"{name}_max_ms", milliseconds[count - 1], 3);
    }
}
