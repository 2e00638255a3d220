using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>The deny lists of a cluster in memory, whose log keeps a few versions.</summary>
internal sealed class FakeDenyLists
{
    private readonly Dictionary<string, FakeDenyList> lists = new(StringComparer.Ordinal);

    /// <summary>While it is set, every call fails with it.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>Calls that listed a page.</summary>
    public int Listed { get; private set; }

    public IDenyListGrain Find(string kind) => lists.TryGetValue(kind, out var list) ? list : lists[kind] = new FakeDenyList(this);

    /// <summary>Adds entries written as <c>IPIN=10.0.0.0/8</c>.</summary>
    public async Task AddAsync(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            var kind = DenyEntry.Kinds.Single(kind => entry.StartsWith(DenyEntry.NameOf(kind) + "=", StringComparison.Ordinal));
            Assert.True(DenyEntry.TryNormalize(kind, entry[(entry.IndexOf('=', StringComparison.Ordinal) + 1)..], out var normal), entry);
            Assert.Equal(DenyResult.Done, await Find(DenyEntry.NameOf(kind).ToLowerInvariant()).AddAsync(normal));
        }
    }

    /// <summary>Every entry with its kind, as a test compares them.</summary>
    public IEnumerable<string> Describe() =>
        from kind in DenyEntry.Kinds
        let list = lists.GetValueOrDefault(DenyEntry.NameOf(kind).ToLowerInvariant())
        where list is not null
        from entry in list.Entries
        select $"deny {DenyEntry.NameOf(kind)} {entry}";

    private sealed class FakeDenyList(FakeDenyLists all) : IDenyListGrain
    {
        private const int Kept = 3;

        private readonly List<(long Version, DenyChange Change)> log = [];
        private long version;

        public SortedSet<string> Entries { get; } = new(StringComparer.Ordinal);

        public Task<DenyResult> AddAsync(string entry) => ChangeAsync(entry, added: true, DenyResult.Exists);

        public Task<DenyResult> RemoveAsync(string entry) => ChangeAsync(entry, added: false, DenyResult.NotFound);

        public async Task<int> RemoveSomeAsync()
        {
            var some = Entries.Take(2).ToArray();
            foreach (var entry in some)
                await RemoveAsync(entry);
            return some.Length;
        }

        public Task<DenyPage> ListAsync(string after, int limit)
        {
            Fail();
            all.Listed++;
            var page = Entries.Where(entry => string.CompareOrdinal(entry, after) > 0).Take(2).ToArray();
            return Task.FromResult(new DenyPage(page, page.Length < 2 ? null : page[^1]));
        }

        public Task<DenyChanges> ReadChangesAsync(long since)
        {
            Fail();
            if (since < version - Kept)
                return Task.FromResult(new DenyChanges(version, Forgotten: true, []));
            var next = log.Where(each => each.Version > since).Take(1).ToArray();
            return Task.FromResult(new DenyChanges(since + next.Length, Forgotten: false, [.. next.Select(each => each.Change)]));
        }

        private Task<DenyResult> ChangeAsync(string entry, bool added, DenyResult otherwise)
        {
            Fail();
            if (!KeyText.IsValid(KeyText.Escape(entry)))
                return Task.FromResult(DenyResult.TooLong);
            if (!(added ? Entries.Add(entry) : Entries.Remove(entry)))
                return Task.FromResult(otherwise);
            log.Add((++version, new DenyChange(entry, added)));
            return Task.FromResult(DenyResult.Done);
        }

        private void Fail()
        {
            if (all.Trouble is not null)
                throw all.Trouble;
        }
    }
}
