using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Deny;

public sealed class DenyListTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task An_entry_is_there_once_until_it_is_removed()
    {
        var list = NewList(out var kind);
        Assert.Equal(DenyResult.Done, await list.AddAsync("10.0.0.0/8"));
        Assert.Equal(DenyResult.Exists, await list.AddAsync("10.0.0.0/8"));
        Assert.Equal(DenyResult.NotFound, await list.RemoveAsync("10.0.0.0/9"));
        await cluster.ForgetAsync(list);
        Assert.Equal(["10.0.0.0/8"], (await list.ListAsync("", 10)).Entries);

        Assert.Equal(DenyResult.Done, await list.RemoveAsync("10.0.0.0/8"));

        Assert.Equal(DenyResult.NotFound, await list.RemoveAsync("10.0.0.0/8"));
        Assert.Empty((await list.ListAsync("", 10)).Entries);
        Assert.Equal(2, cluster.Memory.KeysOf(DenyRows.Partition(kind)).Count); // the log
    }

    [Fact]
    public async Task Entries_of_any_characters_are_listed_by_pages()
    {
        var list = NewList(out _);
        string[] entries = ["2001:db8::/32", ".x.test", "a_b@x.test", "müller@xn--bcher-kva.test", "10.0.0.0/8"];
        foreach (var entry in entries)
            await list.AddAsync(entry);

        var found = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await list.ListAsync(after, 2);
            Assert.InRange(page.Entries.Count, 1, 2);
            found.AddRange(page.Entries);
            after = page.Next;
        }

        Assert.Equal(entries.Order(), found.Order());
    }

    [Fact]
    public async Task An_entry_that_fits_no_key_is_refused()
    {
        var list = NewList(out _);
        var entry = new string('_', 200) + ".test";
        Assert.Equal(DenyResult.TooLong, await list.AddAsync(entry));
        Assert.Equal(DenyResult.NotFound, await list.RemoveAsync(entry));
    }

    [Fact]
    public async Task A_copy_follows_the_changes()
    {
        var list = NewList(out _);
        var copy = new Copy(list);
        await copy.FollowAsync();
        await list.AddAsync("a.test");
        await list.AddAsync("b.test");
        await copy.FollowAsync();
        Assert.Equal(["a.test", "b.test"], copy.Entries);

        await list.RemoveAsync("a.test");
        await list.AddAsync("c.test");
        await list.RemoveAsync("c.test");
        await copy.FollowAsync();

        Assert.Equal(["b.test"], copy.Entries);
        Assert.Equal(0, copy.Listings);
    }

    [Fact]
    public async Task A_copy_that_the_log_has_left_behind_lists_anew()
    {
        var list = NewList(out var kind);
        var late = new Copy(list);
        var current = new Copy(list);
        await list.AddAsync("0.test");
        await late.FollowAsync();
        for (var i = 1; i <= DenyListGrain.KeptVersions + 1; i++)
            await list.AddAsync($"{i}.test");
        await current.FollowAsync();

        Assert.Equal(DenyListGrain.KeptVersions, cluster.Memory.KeysOf(DenyRows.Partition(kind)).Count(key => key.StartsWith(DenyRows.Versions, StringComparison.Ordinal)));
        await late.FollowAsync();
        Assert.Equal(1, late.Listings);
        Assert.Equal(1, current.Listings);
        Assert.Equal(DenyListGrain.KeptVersions + 2, late.Entries.Count);

        await list.RemoveAsync("7.test");
        await late.FollowAsync();
        Assert.Equal(1, late.Listings);
        Assert.DoesNotContain("7.test", late.Entries);
    }

    [Fact]
    public async Task All_entries_go_by_parts_and_copies_see_it()
    {
        var list = NewList(out _);
        var copy = new Copy(list);
        for (var i = 0; i < 250; i++)
            await list.AddAsync($"{i}.test");
        await copy.FollowAsync();
        Assert.Equal(250, copy.Entries.Count);

        var removed = 0;
        while (await list.RemoveSomeAsync() is > 0 and var some)
            removed += some;

        Assert.Equal(250, removed);
        Assert.Empty((await list.ListAsync("", 10)).Entries);
        await copy.FollowAsync();
        Assert.Empty(copy.Entries);
        Assert.Equal(0, copy.Listings);
    }

    [Fact]
    public async Task Two_activations_make_each_version_once()
    {
        await using var second = await cluster.StartSecondAsync();
        var here = NewList(out var kind);
        var there = second.Grains.GetGrain<IDenyListGrain>(kind);
        var copy = new Copy(here);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(DenyResult.Done, await here.AddAsync($"h{i}.test"));
            Assert.Equal(DenyResult.Done, await there.AddAsync($"t{i}.test"));
            Assert.Equal(DenyResult.Exists, await here.AddAsync($"t{i}.test"));
        }

        Assert.Equal(DenyResult.Done, await here.RemoveAsync("t3.test"));
        Assert.Equal(DenyResult.NotFound, await there.RemoveAsync("t3.test"));
        await copy.FollowAsync();

        Assert.Equal(19, copy.Entries.Count);
        Assert.Equal(21, copy.Version);
    }

    [Fact]
    public async Task A_lost_reply_is_settled_and_trouble_changes_nothing()
    {
        var list = NewList(out _);
        cluster.Rows.Commits.Next(Fault.LostReply);
        Assert.Equal(DenyResult.Done, await list.AddAsync("a.test"));
        cluster.Rows.Commits.Next(Fault.LostRequest);
        Assert.Equal(DenyResult.Done, await list.AddAsync("b.test"));
        cluster.Rows.Commits.Next(Fault.DiskFull);
        await Assert.ThrowsAnyAsync<IOException>(() => list.AddAsync("c.test"));

        Assert.Equal(["a.test", "b.test"], (await list.ListAsync("", 10)).Entries);
        Assert.Equal(DenyResult.Done, await list.AddAsync("c.test"));
        Assert.Equal(3, (await list.ReadChangesAsync(0)).Version);
    }

    [Fact]
    public async Task Every_change_is_announced_and_nothing_else()
    {
        var grain = cluster.Grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey);
        var list = NewList(out _);
        var before = (await ReportAsync()).Deny;
        await list.AddAsync("a.test");
        await list.AddAsync("a.test");
        await list.AddAsync("b.test");
        await list.RemoveAsync("c.test");
        await list.RemoveAsync("a.test");
        await list.RemoveSomeAsync();
        await list.RemoveSomeAsync();

        Assert.Equal(before + 4, (await ReportAsync()).Deny);

        Task<ClusterVersions> ReportAsync() => grain.ReportAsync(new ProcessReport { Process = "deny", Started = cluster.Time.GetUtcNow() });
    }

    private IDenyListGrain NewList(out string kind)
    {
        kind = cluster.NewName();
        return cluster.Grains.GetGrain<IDenyListGrain>(kind);
    }

    /// <summary>A copy as a gateway keeps it.</summary>
    private sealed class Copy(IDenyListGrain list)
    {
        public SortedSet<string> Entries { get; } = new(StringComparer.Ordinal);

        public long Version { get; private set; }

        public int Listings { get; private set; }

        public async Task FollowAsync()
        {
            while (true)
            {
                var changes = await list.ReadChangesAsync(Version);
                if (changes.Forgotten)
                    await ListAsync();
                else if (changes.Version == Version)
                    return;
                foreach (var change in changes.Changes)
                    _ = change.Added ? Entries.Add(change.Entry) : Entries.Remove(change.Entry);
                Version = changes.Version;
            }
        }

        private async Task ListAsync()
        {
            Listings++;
            Entries.Clear();
            for (string? after = ""; after is not null;)
            {
                var page = await list.ListAsync(after, 1000);
                Entries.UnionWith(page.Entries);
                after = page.Next;
            }
        }
    }
}
