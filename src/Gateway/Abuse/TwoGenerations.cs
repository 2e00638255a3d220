using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// A table that forgets: when the young generation is full it becomes the old one, and what nobody used since the last
/// change is gone. However many keys there are, memory holds as many as the capacity.
/// </summary>
internal sealed class TwoGenerations<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly int generation = Math.Max(1, capacity / 2);
    private readonly Lock turning = new();
    private volatile ConcurrentDictionary<TKey, TValue> young = new();
    private volatile ConcurrentDictionary<TKey, TValue> old = new();
    private int added;

    /// <summary>Entries; a key that stands in both generations counts twice.</summary>
    public int Count => young.Count + old.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => young.TryGetValue(key, out value) || old.TryGetValue(key, out value);

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (young.TryGetValue(key, out var value))
            return value;
        if (!old.TryGetValue(key, out value))
            value = make(key);
        return TryAdd(key, value) ? value : young.GetValueOrDefault(key, value);
    }

    public void Set(TKey key, TValue value)
    {
        if (!TryAdd(key, value))
            young[key] = value;
    }

    public void Remove(TKey key)
    {
        young.TryRemove(key, out _);
        old.TryRemove(key, out _);
    }

    private bool TryAdd(TKey key, TValue value)
    {
        if (!young.TryAdd(key, value))
            return false;
        if (Interlocked.Increment(ref added) > generation)
            Turn();
        return true;
    }

    private void Turn()
    {
        lock (turning)
        {
            if (added <= generation)
                return;
            old = young;
            young = new();
            added = 0;
        }
    }
}
