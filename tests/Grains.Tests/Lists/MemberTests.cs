using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Lists;

public sealed class MemberTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task A_member_is_added_once_in_whatever_case()
    {
        var list = NewList(out _);

        Assert.Equal(NameOutcome.Done, await list.AddAsync(Member("Ann@Far.test")));
        Assert.Equal(NameOutcome.Exists, await list.AddAsync(Member("ann@far.test")));
        await cluster.ForgetAsync(list);

        Assert.Equal("Ann@Far.test", (await list.FindAsync("ANN@far.test"))!.Address);
        Assert.Null(await list.FindAsync("bob@far.test"));
        Assert.Null(await list.FindAsync("no address"));
    }

    [Fact]
    public async Task Members_added_together_share_commits_and_each_hears_its_own_outcome()
    {
        var list = NewList(out _);
        await list.AddAsync(Member("m7@far.test"));
        var before = cluster.Memory.Commits;
        var calls = cluster.Rows.Commits.Calls;
        var all = new TaskCompletionSource();
        Task<NameOutcome>[] adds;
        using (cluster.Rows.Commits.While(Fault.Hold(all.Task))) // whoever commits next: other grains may, too
        {
            adds = Enumerable.Range(0, 200).Select(i => list.AddAsync(Member($"m{i % 150}@far.test"))).ToArray();
            while (cluster.Rows.Commits.Calls == calls)
                await Task.Delay(1, TestContext.Current.CancellationToken);
            await list.FindAsync("m0@far.test"); // comes after them
        }

        all.SetResult();
        var outcomes = await Task.WhenAll(adds);

        Assert.Equal(149, outcomes.Count(outcome => outcome == NameOutcome.Done));
        Assert.Equal(51, outcomes.Count(outcome => outcome == NameOutcome.Exists));
        Assert.InRange(cluster.Memory.Commits - before, 1, 148); // how many share one is the scheduler's business
        Assert.Equal(150, (await ReadAllAsync(list, 64)).Count);
    }

    [Fact]
    public async Task A_type_is_changed_and_administrators_are_known_without_a_scan()
    {
        var list = NewList(out _);
        await list.AddAsync(Member("ann@far.test"));
        await list.AddAsync(new ListMember("bob@far.test", MemberType.Administrator));
        Assert.Equal(["bob@far.test"], await list.ReadAdministratorsAsync());

        Assert.Equal(NameOutcome.Done, await list.ChangeAsync(new ListMember("ANN@far.test", MemberType.Administrator)));
        Assert.Equal(NameOutcome.Done, await list.ChangeAsync(new ListMember("bob@far.test", MemberType.Member)));
        Assert.Equal(NameOutcome.NotFound, await list.ChangeAsync(Member("carl@far.test")));

        Assert.Equal(["ann@far.test"], await list.ReadAdministratorsAsync());
        Assert.Equal(NameOutcome.Done, await list.RemoveAsync("ann@FAR.test"));
        Assert.Equal(NameOutcome.NotFound, await list.RemoveAsync("ann@far.test"));
        Assert.Empty(await list.ReadAdministratorsAsync());
    }

    [Fact]
    public async Task Bounces_are_counted_and_stay_when_the_type_changes()
    {
        var list = NewList(out _);
        await list.AddAsync(Member("ann@far.test"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => list.CountBounceAsync("Ann@far.test")));
        await list.CountBounceAsync("nobody@far.test");
        await list.ChangeAsync(new ListMember("ann@far.test", MemberType.Administrator));

        Assert.Equal(new ListMember("ann@far.test", MemberType.Administrator, 20), await list.FindAsync("ann@far.test"));
        Assert.Single(await ReadAllAsync(list, 10));
    }

    [Fact]
    public async Task A_cleared_list_is_empty_at_once_and_takes_members_again()
    {
        var list = NewList(out var id);
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => list.AddAsync(new ListMember($"m{i}@far.test", MemberType.Administrator))));
        using (cluster.Rows.Commits.Skip(2).While(Fault.Error)) // the promise and the mark go well
            await list.ClearAsync(forEver: false);

        Assert.Empty((await list.ListAsync("", 10)).Members);
        Assert.Empty(await list.ReadAdministratorsAsync());
        Assert.Null(await list.FindAsync("m1@far.test"));
        Assert.Equal(NameOutcome.Done, await list.AddAsync(Member("m1@far.test")));

        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await cluster.DrainAsync(WorkItem.List(id));
        Assert.Equal(2, cluster.Memory.KeysOf(MemberRow.Partition(id)).Count); // the list's own, and the new member's
        Assert.Single(await ReadAllAsync(list, 10));
    }

    [Fact]
    public async Task A_deleted_list_takes_nobody_any_more()
    {
        var list = NewList(out var id);
        await list.AddAsync(Member("ann@far.test"));

        await list.ClearAsync(forEver: true);
        await list.ClearAsync(forEver: false);
        await cluster.ForgetAsync(list);

        Assert.Equal(NameOutcome.NotFound, await list.AddAsync(Member("bob@far.test")));
        Assert.Null(await list.FindAsync("ann@far.test"));
        await cluster.Grains.GetGrain<IMailingListWork>(id).ResumeAsync();
        Assert.Single(cluster.Memory.KeysOf(MemberRow.Partition(id)));
    }

    [Fact]
    public async Task A_list_without_members_can_be_deleted_for_ever()
    {
        var list = NewList(out _);

        await list.ClearAsync(forEver: true);

        Assert.Equal(NameOutcome.NotFound, await list.AddAsync(Member("ann@far.test")));
    }

    [Fact]
    public async Task Two_activations_lose_no_member_and_no_clearing()
    {
        var list = NewList(out var id);
        await list.AddAsync(Member("first@far.test"));
        await using var second = await cluster.StartSecondAsync();
        var other = second.Grains.GetGrain<IMailingListGrain>(id);
        Assert.NotNull(await other.FindAsync("first@far.test"));

        var added = Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? list : other).AddAsync(Member($"m{i}@far.test")));
        Assert.All(await Task.WhenAll(added), outcome => Assert.Equal(NameOutcome.Done, outcome));
        Assert.Equal(61, (await ReadAllAsync(list, 1000)).Count);
        await list.ClearAsync(forEver: true);

        Assert.Equal(NameOutcome.NotFound, await other.AddAsync(Member("late@far.test")));
    }

    [Fact]
    public async Task Trouble_concerns_the_members_of_one_commit()
    {
        var list = NewList(out _);
        cluster.Rows.Commits.Next(Fault.Error);

        await Assert.ThrowsAnyAsync<Exception>(() => list.AddAsync(Member("ann@far.test")));

        Assert.Equal(NameOutcome.Done, await list.AddAsync(Member("ann@far.test")));
        cluster.Rows.Commits.Next(Fault.LostReply);
        Assert.Equal(NameOutcome.Done, await list.AddAsync(Member("bob@far.test")));
    }

    [Fact]
    public async Task An_address_of_the_largest_kind_is_a_member()
    {
        var list = NewList(out _);
        var local = new string('\u00e4', 32);
        var address = $"{local}@{string.Join('.', Enumerable.Repeat(new string('d', 60), 4))}";

        Assert.Equal(NameOutcome.Done, await list.AddAsync(Member(address)));

        Assert.Equal(address, (await list.FindAsync(address))!.Address);
        Assert.Equal(NameOutcome.Done, await list.RemoveAsync(address));
    }

    private static ListMember Member(string address) => new(address, MemberType.Member);

    private static async Task<List<ListMember>> ReadAllAsync(IMailingListGrain list, int limit)
    {
        var all = new List<ListMember>();
        for (string? after = ""; after is not null;)
        {
            var page = await list.ListAsync(after, limit);
            all.AddRange(page.Members);
            after = page.Next;
        }

        return all;
    }

    private IMailingListGrain NewList(out string id)
    {
        id = cluster.NewName();
        return cluster.Grains.GetGrain<IMailingListGrain>(id);
    }
}
