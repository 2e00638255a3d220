namespace Orleans.Mail.Grains;

/// <summary>Bounded concurrency that stays on the grain's scheduler (Parallel.ForEachAsync would leave it).</summary>
internal static class InParallel
{
    /// <summary>Runs <paramref name="action"/> for every item, at most <paramref name="width"/> at a time. The first exception ends its lane and is thrown when all lanes have ended.</summary>
    public static Task ForEachAsync<T>(IReadOnlyList<T> items, int width, Func<T, Task> action)
    {
        var next = 0;
        var lanes = new Task[Math.Min(width, items.Count)];
        for (var i = 0; i < lanes.Length; i++)
            lanes[i] = RunLaneAsync();
        return Task.WhenAll(lanes);

        async Task RunLaneAsync()
        {
            while (next < items.Count)
                await action(items[next++]);
        }
    }
}
