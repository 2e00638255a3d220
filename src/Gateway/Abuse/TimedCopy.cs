using System.Collections.Concurrent;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// The gateway's copy of a list of timed entries. What has ended counts no more, whether the cluster answers or not. One
/// refresh runs at a time, which is up to the caller; look-ups never wait.
/// </summary>
/// <param name="list">The list's key.</param>
/// <param name="time">The clock.</param>
/// <param name="lifted">Hears of entries that were removed before their end.</param>
internal sealed class TimedCopy(string list, TimeProvider time, Action<string>? lifted = null)
{
    /// <summary>Entries from which on <see cref="Add"/> takes no new one: as many as the cluster's list may hold with those of its accounts.</summary>
    internal const int Capacity = 2 * ITimedListGrain.MaxEntries;

    private volatile ConcurrentDictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);
    private volatile bool hasAny;
    private MessageId incarnation;
    private long version;

    /// <summary>Nothing is in it: the usual case, which costs nothing.</summary>
    public bool IsEmpty => !hasAny;

    /// <summary>Subjects and their ends.</summary>
    public IEnumerable<KeyValuePair<string, DateTimeOffset>> Entries => ends;

    public bool Holds(string subject) => hasAny && ends.TryGetValue(subject, out var end) && end > time.GetUtcNow();

    /// <summary>Takes an entry before the cluster tells it, or though it never will; false: there is no room.</summary>
    public bool Add(string subject, DateTimeOffset until)
    {
        if (ends.Count >= Capacity && !ends.ContainsKey(subject))
            return false;
        ends[subject] = until;
        hasAny = true;
        return true;
    }

    /// <summary>Takes what has changed since the last time.</summary>
    public async Task RefreshAsync(IGrainFactory grains)
    {
        var grain = grains.GetGrain<ITimedListGrain>(list);
        var changes = await grain.ReadChangesAsync(incarnation, version);
        if (changes.Forgotten)
            ends = await ReadAllAsync(grain); // with changes that came meanwhile: to take them again does no harm
        foreach (var change in changes.Changes)
        {
            if (change.Added)
                ends[change.Entry.Subject] = change.Entry.Until;
            else if (ends.TryRemove(change.Entry.Subject, out var end) && end > time.GetUtcNow())
                lifted?.Invoke(change.Entry.Subject);
        }

        (incarnation, version) = (changes.Incarnation, changes.Version);
        var now = time.GetUtcNow();
        foreach (var over in ends.Where(each => each.Value <= now))
            ends.TryRemove(over);
        hasAny = !ends.IsEmpty;
    }

    private static async Task<ConcurrentDictionary<string, DateTimeOffset>> ReadAllAsync(ITimedListGrain grain)
    {
        var all = new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var page in TimedPages.ReadAsync(grain))
        {
            foreach (var entry in page)
                all[entry.Subject] = entry.Until;
        }

        return all;
    }
}
