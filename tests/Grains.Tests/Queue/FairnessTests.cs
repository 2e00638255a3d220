namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class FairnessTests
{
    [Fact]
    public async Task A_slow_destination_and_many_dead_ones_do_not_delay_a_new_message()
    {
        await using var world = await QueueWorld.StartAsync(static options => options.Shards = 1);
        var slow = new TaskCompletionSource<RelayEntrance?>();
        world.Relay.Enter = (domain, _) => domain.StartsWith("live", StringComparison.Ordinal) ? Task.FromResult<RelayEntrance?>(null) : slow.Task;
        var shard = world.ShardOf(world.NewEntry());
        for (var i = 0; i < 10; i++)
            await shard.AcceptAsync([.. Enumerable.Range(0, 400).Select(_ => world.NewEntry("bob@slow.test"))]);
        await shard.AcceptAsync([.. Enumerable.Range(0, 1000).Select(i => world.NewEntry($"bob@dead{i}.test"))]);
        await QueueWorld.SettleAsync();

        var entry = await world.AcceptAsync(world.NewEntry("bob@live.test"));
        await world.FinishAsync(entry);

        Assert.Equal(1, world.Relay.CountOf(entry.Id));
        slow.SetResult(null);
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 5001), () => $"{world.Relay.Messages.Count} were sent");
    }

    [Fact]
    public async Task A_destination_that_takes_nothing_is_put_off_whole()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(new RelayEntrance.Closed("4.4.1 no host answers", null));
        var entries = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => world.AcceptAsync(world.NewEntry())));
        foreach (var entry in entries)
            Assert.StartsWith("4.4.1", (await world.AttemptedAsync(entry, 1)).Status, StringComparison.Ordinal);

        Assert.Empty(world.Relay.Messages);
        var status = await world.Management.ReadStatusAsync();
        Assert.Equal(300, Assert.Single(status.Lanes, lane => lane.Lane == "retry").Entries);
    }

    [Fact]
    public async Task A_domain_that_does_not_exist_is_a_failure_without_a_connection()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(new RelayEntrance.Refused("5.1.2 no such domain"));
        var entry = await world.AcceptAsync(world.NewEntry());
        await world.FinishAsync(entry);

        Assert.Equal("5.1.2 no such domain", Assert.Single(world.Reports.Of(entry.Id, ReportKind.Failed))[0].Status);
    }
}
