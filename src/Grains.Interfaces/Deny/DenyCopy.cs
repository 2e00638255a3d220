namespace Orleans.Mail;

/// <summary>The entries of one kind, and made of them a set for look-ups. One refresh runs at a time, which is up to the caller; look-ups never wait.</summary>
/// <param name="kind">The kind.</param>
/// <param name="build">Makes the set.</param>
public sealed class DenyCopy<TSet>(DenyKind kind, Func<IReadOnlyCollection<string>, TSet> build)
    where TSet : class
{
    private const int PageSize = 1000;

    private HashSet<string> entries = new(StringComparer.Ordinal);
    private TSet set = build([]);
    private long version;
    private bool outdated;

    public TSet Set => Volatile.Read(ref set);

    /// <summary>Takes what has changed since the last time.</summary>
    public async Task RefreshAsync(IGrainFactory grains)
    {
        var list = grains.ListOf(kind);
        while (true)
        {
            var changes = await list.ReadChangesAsync(version);
            if (changes.Forgotten)
                entries = await ReadAllAsync(list);
            else if (changes.Version == version)
                break;
            foreach (var change in changes.Changes)
                Apply(change);
            version = changes.Version;
            outdated = true;
        }

        if (outdated)
            Volatile.Write(ref set, build(entries));
        outdated = false;
    }

    private static async Task<HashSet<string>> ReadAllAsync(IDenyListGrain list)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        for (string? after = ""; after is not null;)
        {
            var page = await list.ListAsync(after, PageSize);
            all.UnionWith(page.Entries);
            after = page.Next;
        }

        return all;
    }

    private void Apply(DenyChange change)
    {
        if (change.Added)
            entries.Add(change.Entry);
        else
            entries.Remove(change.Entry);
    }
}
