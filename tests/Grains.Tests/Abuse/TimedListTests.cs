using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Abuse;

public sealed class TimedListTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task An_entry_is_there_until_it_ends()
    {
        var list = NewList(out var name);
        await list.AddAsync(Entry("192.0.2.1", minutes: 1));
        await list.AddAsync(Entry("192.0.2.2", minutes: 3));
        await list.AddAsync(Entry("192.0.2.1", minutes: 2)); // its end moves
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], await SubjectsAsync(list));
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["192.0.2.2"], await SubjectsAsync(list));

        for (var i = 0; i < 200 && Rows(name) > 1; i++)
            await Task.Delay(20, TestContext.Current.CancellationToken); // a timer deletes it
        Assert.Equal(1, Rows(name));
    }

    [Fact]
    public async Task An_entry_is_removed_once()
    {
        var list = NewList(out _);
        await list.AddAsync(Entry("mick@acme.test"));
        Assert.True(await list.RemoveAsync("mick@acme.test"));
        Assert.False(await list.RemoveAsync("mick@acme.test"));
        Assert.False(await list.RemoveAsync("2001:db8::/64"));
        Assert.Empty(await SubjectsAsync(list));
    }

    [Fact]
    public async Task A_copy_reads_what_has_changed_and_begins_anew_after_another_activation()
    {
        var list = NewList(out _);
        var first = await list.ReadChangesAsync(default, 0);
        Assert.True(first.Forgotten);
        await list.AddAsync(Entry("192.0.2.1"));
        await list.AddAsync(Entry("192.0.2.2"));
        await list.RemoveAsync("192.0.2.1");

        var changes = await list.ReadChangesAsync(first.Incarnation, first.Version);

        Assert.False(changes.Forgotten);
        Assert.Equal([("192.0.2.1", true), ("192.0.2.2", true), ("192.0.2.1", false)], changes.Changes.Select(each => (each.Entry.Subject, each.Added)));
        Assert.Empty((await list.ReadChangesAsync(changes.Incarnation, changes.Version)).Changes);
        await cluster.ForgetAsync(list);
        Assert.True((await list.ReadChangesAsync(changes.Incarnation, changes.Version)).Forgotten);
        Assert.Equal(["192.0.2.2"], await SubjectsAsync(list));
    }

    [Fact]
    public async Task A_copy_that_missed_more_than_is_remembered_begins_anew()
    {
        var list = NewList(out _);
        var first = await list.ReadChangesAsync(default, 0);
        await Task.WhenAll(Enumerable.Range(0, TimedListGrain.KeptChanges + 1).Select(i => list.AddAsync(Entry($"10.0.{i / 256}.{i % 256}"))));
        Assert.True((await list.ReadChangesAsync(first.Incarnation, first.Version)).Forgotten);
        Assert.Equal(TimedListGrain.KeptChanges + 1, (await SubjectsAsync(list)).Count);
    }

    [Fact]
    public async Task Callers_share_commits()
    {
        var list = NewList(out _);
        await list.AddAsync(Entry("192.0.2.1"));
        var before = cluster.Rows.Commits.Calls;
        var held = new TaskCompletionSource();
        cluster.Rows.Commits.Next(Fault.Hold(held.Task));
        var first = list.AddAsync(Entry("192.0.2.2"));
        var others = Enumerable.Range(0, 499).Select(i => list.AddAsync(Entry($"10.1.{i / 256}.{i % 256}"))).ToArray();
        while (cluster.Rows.Commits.Calls == before)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Empty((await list.ReadChangesAsync(default, 0)).Changes); // all that came before has been taken
        held.SetResult();
        await Task.WhenAll([first, .. others]);
        Assert.InRange(cluster.Rows.Commits.Calls - before, 6, 100); // 500 by 99; some may come too late for the first
        Assert.Equal(501, (await SubjectsAsync(list)).Count);
    }

    [Fact]
    public async Task The_list_has_a_limit()
    {
        var list = NewList(out _);
        var before = cluster.Options<AbuseOptions>().MaxEntries;
        cluster.Options<AbuseOptions>().MaxEntries = 2;
        try
        {
            Assert.True(await list.AddAsync(Entry("192.0.2.1")));
            Assert.True(await list.AddAsync(Entry("192.0.2.2")));
            Assert.False(await list.AddAsync(Entry("192.0.2.3")));
            Assert.True(await list.AddAsync(Entry("192.0.2.2", minutes: 7)));
            await list.RemoveAsync("192.0.2.1");
            Assert.True(await list.AddAsync(Entry("192.0.2.3")));

            // Beyond them there is room for as many accounts and networks.
            Assert.True(await list.AddAsync(Entry("a@acme.test") with { Reason = TimedReasons.Guarded }));
            Assert.True(await list.AddAsync(Entry("2001:db8::/48") with { Reason = TimedReasons.Site }));
            Assert.False(await list.AddAsync(Entry("b@acme.test") with { Reason = TimedReasons.Guarded }));
            Assert.False(await list.AddAsync(Entry("192.0.2.4")));
        }
        finally
        {
            cluster.Options<AbuseOptions>().MaxEntries = before;
        }
    }

    [Fact]
    public async Task Two_activations_do_not_lose_each_others_entries()
    {
        var here = NewList(out var name);
        await here.AddAsync(Entry("192.0.2.1"));
        await using var second = await cluster.StartSecondAsync();
        var there = second.Grains.GetGrain<ITimedListGrain>(name);
        await there.AddAsync(Entry("192.0.2.2"));
        await here.AddAsync(Entry("192.0.2.3"));
        await there.RemoveAsync("192.0.2.1");

        Assert.Equal(["192.0.2.2", "192.0.2.3"], await SubjectsAsync(here));
        Assert.Equal(["192.0.2.2", "192.0.2.3"], await SubjectsAsync(there));
    }

    [Fact]
    public async Task A_change_is_announced()
    {
        var directory = cluster.Grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey);
        var report = new ProcessReport { Process = "timed", Started = cluster.Time.GetUtcNow() };
        var list = NewList(out _);
        var before = await directory.ReportAsync(report);
        await list.AddAsync(Entry("192.0.2.1"));
        var added = await directory.ReportAsync(report);
        await list.RemoveAsync("192.0.2.1");
        var removed = await directory.ReportAsync(report);

        Assert.True(before.Timed < added.Timed && added.Timed < removed.Timed);
    }

    [Fact]
    public async Task The_end_of_what_the_list_never_had_is_told_to_copies_that_may_have_it()
    {
        var list = NewList(out _);
        var first = await list.ReadChangesAsync(default, 0);
        Assert.False(await list.RemoveAsync("192.0.2.1"));
        var changes = await list.ReadChangesAsync(first.Incarnation, first.Version);
        Assert.Equal([("192.0.2.1", false)], changes.Changes.Select(each => (each.Entry.Subject, each.Added)));
    }

    private ITimedListGrain NewList(out string name)
    {
        name = cluster.NewName();
        return cluster.Grains.GetGrain<ITimedListGrain>(name);
    }

    private TimedEntry Entry(string subject, int minutes = 60) => new(subject, cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(minutes), TimedReasons.Operator);

    // Without the head.
    private int Rows(string name) => cluster.Memory.KeysOf(TimedRows.Partition(name)).Count - 1;

    private static async Task<IReadOnlyList<string>> SubjectsAsync(ITimedListGrain list)
    {
        var all = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await list.ListAsync(after, 100);
            all.AddRange(page.Entries.Select(entry => entry.Subject));
            after = page.Next;
        }

        return [.. all.Order(StringComparer.Ordinal)];
    }
}
