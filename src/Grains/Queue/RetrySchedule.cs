using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>When an entry is tried again, and when it is given up.</summary>
internal sealed class RetrySchedule(IOptions<QueueOptions> options, TimeProvider time)
{
    private const double Jitter = 0.1;
    private const int MaxDoublings = 16;

    private static readonly TimeSpan ShortestRepeat = TimeSpan.FromMinutes(1);

    /// <summary>The next attempt of an entry that has failed <paramref name="attempts"/> times, or null when its time is over.</summary>
    public DateTimeOffset? Next(DateTimeOffset entered, int attempts, bool overQuota)
    {
        var now = time.GetUtcNow();
        var end = entered + options.Value.Lifetime;
        if (now >= end)
            return null;
        var next = now + Wait(attempts, overQuota);
        return next < end ? next : end; // a last attempt when the time is over
    }

    private TimeSpan Wait(int attempts, bool overQuota)
    {
        var first = overQuota ? options.Value.FirstRetryOverQuota : options.Value.FirstRetry;
        if (attempts > 1 && first < ShortestRepeat)
            first = ShortestRepeat; // "at once" is meant for the first retry
        var wait = first * Math.Pow(2, Math.Clamp(attempts - 1, 0, MaxDoublings));
        if (wait > options.Value.LongestRetry)
            wait = options.Value.LongestRetry;
        return wait * (1 + (Jitter * ((2 * Random.Shared.NextDouble()) - 1)));
    }
}
