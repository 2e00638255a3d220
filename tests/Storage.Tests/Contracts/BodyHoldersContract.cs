using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Storage.Tests;

/// <summary>Sharing and releasing a body over every backend.</summary>
public abstract class BodyHoldersContract : StoreContract
{
    private static readonly RowKey A = new("m!a", "i!1");
    private static readonly RowKey B = new("m!b", "i!1");
    private static readonly RowKey C = new("m!c", "i!1");

    private BodyHolders Holders => new(Rows, Bodies);

    [Fact]
    public async Task Sharing_makes_the_body_durable_and_lists_its_holders()
    {
        var body = await Holders.ShareAsync(await PutAsync(), [A, B], Cancelled);
        Assert.True(body.Shared);
        await Store.ReopenAsync();
        Assert.Equal([A, B], await ReadHoldersAsync(body));
        Assert.True(await ExistsAsync(body));
    }

    [Fact]
    public async Task The_body_lives_until_its_last_holder_lets_go()
    {
        var body = await Holders.ShareAsync(await PutAsync(), [A, B], Cancelled);
        await Holders.ReleaseAsync(body, A, Cancelled);
        Assert.True(await ExistsAsync(body));
        Assert.Equal([B], await ReadHoldersAsync(body));
        await Holders.ReleaseAsync(body, B, Cancelled);
        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task Sharing_and_releasing_again_changes_nothing()
    {
        var put = await PutAsync();
        var body = await Holders.ShareAsync(put, [A, B, A], Cancelled);
        Assert.Equal(body, await Holders.ShareAsync(put, [A, B], Cancelled));
        Assert.Equal([A, B], await ReadHoldersAsync(body));
        await Holders.ReleaseAsync(body, A, Cancelled);
        await Holders.ReleaseAsync(body, A, Cancelled);
        await Holders.ReleaseAsync(body, C, Cancelled);
        Assert.Equal([B], await ReadHoldersAsync(body));
        await Holders.ReleaseAsync(body, B, Cancelled);
        await Holders.ReleaseAsync(body, B, Cancelled);
        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task A_body_of_one_row_goes_with_its_release()
    {
        var body = await PutAsync();
        await DoneAsync(new RowBatch("m!a").Insert("i!1", default).Require(body));
        await Holders.ReleaseAsync(body, A, Cancelled);
        await Holders.ReleaseAsync(body, A, Cancelled);
        Assert.False(await ExistsAsync(body));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(250)]
    public async Task Any_number_of_holders_fits(int count)
    {
        var holders = Enumerable.Range(0, count).Select(i => new RowKey($"m!{i:0000}", "i!1")).ToArray();
        var body = await Holders.ShareAsync(await PutAsync(), holders, Cancelled);
        Assert.Equal(holders, await ReadHoldersAsync(body, limit: 70));
        foreach (var holder in holders)
        {
            Assert.True(await ExistsAsync(body));
            await Holders.ReleaseAsync(body, holder, Cancelled);
        }

        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task Holders_with_the_longest_names_are_told_apart()
    {
        var partition = new string('m', StoreLimits.KeyLength);
        RowKey[] holders = [new(partition, new string('!', StoreLimits.KeyLength)), new(partition, new string('_', StoreLimits.KeyLength))];
        var body = await Holders.ShareAsync(await PutAsync(), holders, Cancelled);
        Assert.Equal(holders.ToHashSet(), (await ReadHoldersAsync(body)).ToHashSet());
        await Holders.ReleaseAsync(body, holders[0], Cancelled);
        Assert.Equal([holders[1]], await ReadHoldersAsync(body));
    }

    [Fact]
    public async Task A_body_that_is_not_there_cannot_be_shared()
    {
        var body = await PutAsync();
        await Bodies.DeleteAsync(body, Cancelled);
        await Assert.ThrowsAsync<StorageException>(async () => await Holders.ShareAsync(body, [A], Cancelled));
        Assert.Empty(await ReadHoldersAsync(body));
    }

    [Fact]
    public async Task Everything_is_released_once_when_all_let_go_at_the_same_time()
    {
        var holders = Enumerable.Range(0, 12).Select(i => new RowKey($"m!{i:00}", "i!1")).ToArray();
        var body = await Holders.ShareAsync(await PutAsync(), holders, Cancelled);
        await Task.WhenAll(holders.Select(holder => Task.Run(async () => await Holders.ReleaseAsync(body, holder, Cancelled))));
        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task Hundreds_may_come_and_go_at_two_processes_at_the_same_time()
    {
        BodyHolders[] processes = [Holders, Holders];
        var first = Enumerable.Range(0, 400).Select(i => new RowKey($"m!a{i:000}", "i!1")).ToArray();
        var second = Enumerable.Range(0, 150).Select(i => new RowKey($"m!b{i:000}", "i!1")).ToArray();
        var body = await Holders.ShareAsync(await PutAsync(), first, Cancelled);
        await Task.WhenAll(
            Task.WhenAll(first.Select((holder, i) => Task.Run(async () => await processes[i % 2].ReleaseAsync(body, holder, Cancelled)))),
            Task.WhenAll(second.Chunk(50).Select((part, i) => Task.Run(async () => await processes[i % 2].ShareAsync(body, part, Cancelled)))));
        Assert.Equal(second, await ReadHoldersAsync(body));
        await Task.WhenAll(second.Select((holder, i) => Task.Run(async () => await processes[i % 2].ReleaseAsync(body, holder, Cancelled))));
        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task What_fails_for_one_fails_for_all_who_share_its_commit_and_for_nobody_else()
    {
        var rows = new FaultyRowStore(Rows);
        var holders = new BodyHolders(rows, Bodies);
        var body = await holders.ShareAsync(await PutAsync(), [A], Cancelled);
        rows.Commits.Next(Fault.Error);
        await Assert.ThrowsAsync<StorageException>(async () => await holders.ShareAsync(body, [B], Cancelled));
        await holders.ShareAsync(body, [C], Cancelled);
        Assert.Equal([A, C], await ReadHoldersAsync(body));
    }

    [Fact]
    public async Task Who_waits_no_longer_is_told_so_and_the_next_are_served()
    {
        var holders = Holders;
        var body = await holders.ShareAsync(await PutAsync(), [A], Cancelled);
        await Assert.ThrowsAsync<StorageException>(async () => await holders.ReleaseAsync(body, A, new CancellationToken(canceled: true)));
        await holders.ShareAsync(body, [B], Cancelled);
        Assert.Equal([A, B], await ReadHoldersAsync(body));
    }

    [Fact]
    public async Task Who_has_little_time_takes_none_from_those_who_share_its_commit()
    {
        var rows = new FaultyRowStore(Rows);
        var holders = new BodyHolders(rows, Bodies);
        var body = await holders.ShareAsync(await PutAsync(), [A], Cancelled);
        await holders.ShareAsync(body, [new RowKey("m!d", "i!1")], Cancelled);
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var calls = rows.Commits.Calls;
        rows.Commits.Next(Fault.Hold(first.Task)).Next(Fault.Hold(second.Task));
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var release = holders.ReleaseAsync(body, A, Cancelled).AsTask();
        while (rows.Commits.Calls < calls + 1)
            await Task.Delay(1, Cancelled);
        var patient = holders.ShareAsync(body, [B], Cancelled).AsTask();
        var hasty = holders.ShareAsync(body, [C], hurry.Token).AsTask();
        first.SetResult();
        while (rows.Commits.Calls < calls + 2)
            await Task.Delay(1, Cancelled);
        await hurry.CancelAsync();

        await Assert.ThrowsAsync<StorageException>(() => hasty);
        second.SetResult();
        await patient;
        await release;
        Assert.Contains(B, await ReadHoldersAsync(body));
    }

    [Fact]
    public async Task Adding_while_the_last_holder_lets_go_keeps_the_body_or_says_that_it_is_gone()
    {
        for (var round = 0; round < 30; round++)
        {
            var body = await Holders.ShareAsync(await PutAsync(), [A], Cancelled);
            var release = Task.Run(async () => await Holders.ReleaseAsync(body, A, Cancelled));
            var share = Task.Run(async () => await Holders.ShareAsync(body, [B], Cancelled));
            await release;
            try
            {
                await share;
                Assert.True(await ExistsAsync(body));
                Assert.Equal([B], await ReadHoldersAsync(body));
            }
            catch (StorageException)
            {
                await AssertGoneAsync(body);
            }
        }
    }

    [Fact]
    public async Task Unknown_outcomes_are_settled()
    {
        var rows = new FaultyRowStore(Rows);
        var holders = new BodyHolders(rows, Bodies);
        rows.Commits.Next(Fault.LostReply);
        var body = await holders.ShareAsync(await PutAsync(), [A, B], Cancelled);
        Assert.Equal([A, B], await ReadHoldersAsync(body));
        rows.Commits.Next(Fault.LostRequest);
        await holders.ReleaseAsync(body, A, Cancelled);
        Assert.Equal([B], await ReadHoldersAsync(body));
        rows.Commits.Next(Fault.LostReply).Next(Fault.LostReply);
        await Assert.ThrowsAsync<StorageException>(async () => await holders.ReleaseAsync(body, B, Cancelled));
        await holders.ReleaseAsync(body, B, Cancelled);
        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task A_release_that_was_cut_at_any_point_is_finished_by_repeating_it()
    {
        for (var cut = 0; cut < 3; cut++)
        {
            var rows = new FaultyRowStore(Rows);
            var bodies = new FaultyBodyStore(Bodies);
            var holders = new BodyHolders(rows, bodies);
            var body = await holders.ShareAsync(await PutAsync(), [A], Cancelled);
            if (cut == 1)
                bodies.Deletes.Next(Fault.Error);
            else
                rows.Commits.Skip(cut / 2).Next(Fault.Error);
            await Assert.ThrowsAsync<StorageException>(async () => await holders.ReleaseAsync(body, A, Cancelled));
            await holders.ReleaseAsync(body, A, Cancelled);
            await AssertGoneAsync(body);
        }
    }

    [Fact]
    public async Task A_dying_body_takes_no_new_holder()
    {
        var bodies = new FaultyBodyStore(Bodies);
        var holders = new BodyHolders(Rows, bodies);
        var body = await holders.ShareAsync(await PutAsync(), [A], Cancelled);
        bodies.Deletes.Next(Fault.Error);
        await Assert.ThrowsAsync<StorageException>(async () => await holders.ReleaseAsync(body, A, Cancelled));
        await Assert.ThrowsAsync<StorageException>(async () => await holders.ShareAsync(body, [B], Cancelled));
        await holders.ReleaseAsync(body, A, Cancelled);
        await AssertGoneAsync(body);
    }

    [Fact]
    public async Task Discarding_removes_the_body_and_whoever_still_held_it()
    {
        var many = Enumerable.Range(0, 150).Select(i => new RowKey($"m!{i:0000}", "i!1")).ToArray();
        var shared = await Holders.ShareAsync(await PutAsync(), many, Cancelled);
        var lonely = await PutAsync();
        await DoneAsync(new RowBatch("p").Insert("k", default).Require(lonely));
        foreach (var body in new[] { shared, lonely with { Shared = true } })
        {
            await Holders.DiscardAsync(body, Cancelled);
            await Holders.DiscardAsync(body, Cancelled);
            await AssertGoneAsync(body);
        }
    }

    private async Task<BodyRef> PutAsync() => await Bodies.PutAsync(BodyBytes.Whole([1, 2, 3]), default, Cancelled);

    private async Task<List<RowKey>> ReadHoldersAsync(BodyRef body, int limit = 1000)
    {
        var all = new List<RowKey>();
        RowRange? rest = null;
        do
        {
            var page = await Holders.ReadHoldersAsync(body, rest, limit, Cancelled);
            all.AddRange(page.Holders);
            rest = page.Next;
        }
        while (rest is not null);
        return all;
    }

    private async Task<bool> ExistsAsync(BodyRef body) =>
        (await Bodies.ScanAsync(null, 1000, Cancelled)).Bodies.Any(stored => stored.Body.Low == body.Low);

    private async Task AssertGoneAsync(BodyRef body)
    {
        Assert.False(await ExistsAsync(body));
        var partitions = (await Rows.ScanPartitionsAsync(PartitionRange.Prefix("b!"), 1000, Cancelled)).Partitions;
        Assert.DoesNotContain(partitions, partition => partition.EndsWith($"{body.Low:x16}", StringComparison.Ordinal));
    }
}
