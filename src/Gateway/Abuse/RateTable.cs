namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// Counts what each of many does: everyone has so many in a time, and gets them back evenly. Of those who have done
/// nothing for long nothing is known, and of more than the capacity neither.
/// </summary>
/// <param name="limit">How many; 0 = nobody is counted.</param>
/// <param name="window">In which time they come back.</param>
/// <param name="capacity">Whose counts are remembered at most.</param>
/// <param name="time">The clock.</param>
internal sealed class RateTable<TKey>(int limit, TimeSpan window, int capacity, TimeProvider time)
    where TKey : notnull
{
    private readonly TwoGenerations<TKey, Bucket> buckets = new(capacity);

    public int Count => buckets.Count;

    /// <summary>Counts one more; false when it is more than there may be, and then it is not counted.</summary>
    public bool TryTake(TKey key)
    {
        if (limit == 0)
            return true;
        var bucket = buckets.GetOrAdd(key, static _ => new Bucket());
        lock (bucket)
        {
            var now = time.GetTimestamp();
            var back = bucket.Level == 0 ? 0 : time.GetElapsedTime(bucket.At, now) / window * limit;
            bucket.Level = Math.Max(0, bucket.Level - back);
            bucket.At = now;
            if (bucket.Level + 1 > limit)
                return false;
            bucket.Level++;
            return true;
        }
    }

    /// <summary>Gives back all that was counted.</summary>
    public void Forget(TKey key) => buckets.Remove(key);

    private sealed class Bucket
    {
        public double Level { get; set; }

        public long At { get; set; }
    }
}
