using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>When an entry is tried again, and when it is given up.</summary>
internal sealed class RetrySchedule(IOptions<QueueOptions> options, TimeProvider time)
{
    private const int MaxDoublings = 16;

    private static readonly TimeSpan ShortestRepeat = TimeSpan.FromMinutes(1);

    /// <summary>The next attempt of an entry that has failed <paramref name="attempts"/> times, or null when its time is over.</summary>
    public DateTimeOffset? Next(DateTimeOffset entered, int attempts, bool overQuota) =>
        Next(entered, entered + options.Value.Lifetime, attempts, overQuota, null);

    /// <summary>The next attempt of an entry whose attempts have all failed, or null when its time is over.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="overQuota">The mailbox is full.</param>
    /// <param name="until">No attempt before this time makes sense.</param>
    public DateTimeOffset? Next(QueueEntry entry, bool overQuota, DateTimeOffset? until) =>
        Next(entry.Entered, EndOf(entry), entry.Attempts, overQuota, until);

    /// <summary>When an entry is given up. Lists' mail, forwards and reports go earlier: who sent them cannot do much about it.</summary>
    public DateTimeOffset EndOf(QueueEntry entry)
    {
        var lifetime = options.Value.Lifetime;
        var isShort = entry.IsBulk || entry.IsNotice || entry.Target.Via.Length > 0;
        return entry.Entered + (isShort && options.Value.ShortLifetime < lifetime ? options.Value.ShortLifetime : lifetime);
    }

    private DateTimeOffset? Next(DateTimeOffset entered, DateTimeOffset end, int attempts, bool overQuota, DateTimeOffset? until)
    {
        var now = time.GetUtcNow();
        if (now >= end)
            return null;
        var next = WholeSecond(now + Wait(entered, attempts, overQuota));
        if (until > next)
            next = until.Value;
        return next < end ? next : end; // a last attempt when the time is over
    }

    /// <summary>The recipients of one message, which fail within moments, stay together.</summary>
    private static DateTimeOffset WholeSecond(DateTimeOffset at) =>
        at.Ticks % TimeSpan.TicksPerSecond is var rest and > 0 ? at.AddTicks(TimeSpan.TicksPerSecond - rest) : at;

    /// <summary>By chance, but the same for all that came in the same second: -1 to 1.</summary>
    private static double Chance(DateTimeOffset entered, int attempts)
    {
        // SplitMix64, of which neighbouring seeds give numbers far apart.
        var mixed = ((ulong)entered.ToUnixTimeSeconds() * 0x9E3779B97F4A7C15) + ((ulong)attempts * 0xBF58476D1CE4E5B9);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) / (double)ulong.MaxValue * 2) - 1;
    }

    private TimeSpan Wait(DateTimeOffset entered, int attempts, bool overQuota)
    {
        var first = overQuota ? options.Value.FirstRetryOverQuota : options.Value.FirstRetry;
        var exact = first == TimeSpan.Zero;
        if (attempts > 1 && first < ShortestRepeat)
            first = ShortestRepeat; // "at once" is meant for the first retry
        var wait = first * Math.Pow(2, Math.Clamp(attempts - 1, 0, MaxDoublings));
        if (wait > options.Value.LongestRetry)
            wait = options.Value.LongestRetry;
        return exact ? wait : wait * (1 + (options.Value.Jitter * Chance(entered, attempts)));
    }
}
