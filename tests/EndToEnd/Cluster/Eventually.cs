using System.Diagnostics;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>What must hold within a time, and not at once.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until it holds. Returns how long that took.</summary>
    public static async Task<TimeSpan> HoldsAsync(TimeSpan limit, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, limit);
            await Task.Delay(Beat, TestContext.Current.CancellationToken);
        }

        return clock.Elapsed;
    }
}
