namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// Ids of bodies: milliseconds since 1970 in the upper 43 bits, a counter below, and always above the largest id ever
/// stored: so none comes back, whatever happens to the clock, to the process or to the body.
/// </summary>
internal sealed class BodyIds
{
    private const int CounterBits = 20;
    private readonly TimeProvider time;
    private long last;

    /// <param name="stored">The largest id that was ever stored.</param>
    /// <param name="time">The clock.</param>
    public BodyIds(long stored, TimeProvider time)
    {
        this.time = time;
        Start = last = Math.Max(stored, Now());
    }

    /// <summary>Bodies of this run have ids above it.</summary>
    public long Start { get; }

    public long Next()
    {
        var now = Now();
        while (true)
        {
            var seen = Volatile.Read(ref last);
            var next = Math.Max(seen + 1, now);
            if (Interlocked.CompareExchange(ref last, next, seen) == seen)
                return next;
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
}
