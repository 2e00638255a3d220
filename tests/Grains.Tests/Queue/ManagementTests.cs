namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class ManagementTests
{
    private static readonly RelayEntrance Closed = new RelayEntrance.Closed("4.4.1 no host answers", null);

    [Fact]
    public async Task Each_filter_finds_what_it_names()
    {
        await using var world = await StartClosedAsync();
        var entries = await PutOffAsync(world);
        var (one, two) = (entries[0], entries[1]);

        Assert.Equal(entries.Count, (await world.ListAsync(QueueFilter.All)).Count);
        Assert.Equal(one.Id, Assert.Single(await world.ListAsync(new QueueFilter { Id = one.Id })).Id);
        Assert.Equal(2, (await world.ListAsync(new QueueFilter { Domain = "d1.test" })).Count);
        Assert.Equal(two.Id, Assert.Single(await world.ListAsync(new QueueFilter { Mailbox = two.Target.Address.ToUpperInvariant(), Sender = two.Sender })).Id);
        Assert.Equal(entries.Count / 2, (await world.ListAsync(new QueueFilter { Sender = "ANN@acme.test" })).Count);
        Assert.Equal(entries.Count / 2, (await world.ListAsync(new QueueFilter { Sender = "<>" })).Count);
        Assert.Empty(await world.ListAsync(new QueueFilter { Domain = "nowhere.test" }));
    }

    [Fact]
    public async Task What_never_had_to_wait_is_found_too()
    {
        await using var world = await QueueWorld.StartAsync();
        var gate = new TaskCompletionSource<RelayOutcome?>();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());

        foreach (var filter in new[] { QueueFilter.All, new QueueFilter { Sender = entry.Sender }, new QueueFilter { Id = entry.Id }, new QueueFilter { Domain = "far.test" } })
            Assert.Single(await world.ListAsync(filter));
        gate.SetResult(null);
        await world.FinishAsync(entry);
        foreach (var filter in new[] { QueueFilter.All, new QueueFilter { Sender = entry.Sender }, new QueueFilter { Id = entry.Id } })
            Assert.Empty(await world.ListAsync(filter));
    }

    [Fact]
    public async Task What_is_held_waits_until_it_is_released()
    {
        await using var world = await StartClosedAsync();
        var entries = await PutOffAsync(world);

        Assert.Equal(entries.Count, await world.ChangeAsync(QueueFilter.All, QueueChange.Hold));
        Assert.Equal(0, await world.ChangeAsync(QueueFilter.All, QueueChange.Resend));
        Assert.Equal(entries.Count, (await world.Management.ReadStatusAsync()).Held);
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(null);
        for (var i = 0; i < 5; i++)
        {
            world.Cluster.Time.Advance(TimeSpan.FromHours(1));
            await world.WakeAsync();
            await QueueWorld.SettleAsync();
        }

        Assert.Empty(world.Relay.Messages);
        Assert.Equal(entries.Count, await world.ChangeAsync(QueueFilter.All, QueueChange.Release));
        foreach (var entry in entries)
            await world.FinishAsync(entry);
        Assert.Equal(0, (await world.Management.ReadStatusAsync()).Held);
    }

    [Fact]
    public async Task What_is_sent_again_goes_at_once()
    {
        await using var world = await StartClosedAsync();
        var entries = await PutOffAsync(world);
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(null);

        Assert.Equal(2, await world.ChangeAsync(new QueueFilter { Domain = "d1.test" }, QueueChange.Resend));
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 2), () => $"{world.Relay.Messages.Count} were sent");
        await QueueWorld.SettleAsync();
        Assert.Equal(entries.Count - 2, (await world.ListAsync(QueueFilter.All)).Count);
    }

    [Fact]
    public async Task What_another_activation_attempts_is_left_alone()
    {
        await using var world = await StartClosedAsync();
        var entry = await world.AcceptAsync(world.NewEntry());
        await world.AttemptedAsync(entry, 1);
        var silo = world.Cluster.Service<IActiveSilos>().Self;
        var claim = new QueueClaim(silo, "other", world.Cluster.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await world.ReplaceAsync(entry, row => row with { Claim = claim });
        world.Cluster.Time.Advance(TimeSpan.FromMinutes(11));
        await world.WakeAsync();
        await QueueWorld.SettleAsync();

        foreach (var change in new[] { QueueChange.Hold, QueueChange.Resend, QueueChange.DeleteSilently })
            Assert.Equal(0, await world.ChangeAsync(new QueueFilter { Id = entry.Id }, change));
        Assert.Single(await world.ListAsync(QueueFilter.All));
    }

    [Fact]
    public async Task What_is_being_attempted_is_held_when_the_attempt_did_not_succeed()
    {
        await using var world = await QueueWorld.StartAsync();
        var gate = new TaskCompletionSource<RelayOutcome?>();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");

        Assert.Equal(1, await world.ChangeAsync(new QueueFilter { Id = entry.Id }, QueueChange.Hold));
        gate.SetResult(new RelayOutcome(RelayVerdict.Later, "4.2.0 not now", "mx.test"));

        await QueueWorld.WaitUntilAsync(async () => (await world.Management.ReadStatusAsync()).Held == 1, () => "it was not held");
        var held = Assert.Single(await world.ListAsync(QueueFilter.All));
        Assert.Equal((true, 1), (held.Held, held.Attempts));
    }

    [Fact]
    public async Task What_is_being_attempted_is_given_up_when_the_attempt_did_not_succeed()
    {
        await using var world = await QueueWorld.StartAsync();
        var gate = new TaskCompletionSource<RelayOutcome?>();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");

        Assert.Equal(1, await world.ChangeAsync(new QueueFilter { Id = entry.Id }, QueueChange.Delete));
        gate.SetResult(new RelayOutcome(RelayVerdict.Later, "4.2.0 not now", "mx.test"));

        await world.FinishAsync(entry);
        Assert.StartsWith("5.7.1", Assert.Single(Assert.Single(world.Reports.Calls)).Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_deleted_is_told_of_unless_it_is_not_to_be()
    {
        await using var world = await StartClosedAsync();
        var entries = await PutOffAsync(world);

        Assert.Equal(2, await world.ChangeAsync(new QueueFilter { Domain = "d1.test" }, QueueChange.Delete));
        foreach (var entry in entries.Where(entry => entry.Target.Address.EndsWith("@d1.test", StringComparison.Ordinal)))
            await world.FinishAsync(entry); // until it is told of, it can still be deleted without a word
        Assert.Equal(entries.Count - 2, await world.ChangeAsync(QueueFilter.All, QueueChange.DeleteSilently));
        foreach (var entry in entries)
            await world.FinishAsync(entry);

        Assert.Empty(await world.ListAsync(QueueFilter.All));
        var report = Assert.Single(world.Reports.Calls); // the other one has no sender
        Assert.StartsWith("5.7.1", Assert.Single(report).Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fewer_shards_strand_nothing_and_there_are_never_more_reminders_than_shards()
    {
        await using var world = await StartClosedAsync();
        var entries = await PutOffAsync(world);
        Assert.InRange(await world.CountRemindersAsync(), 1, 10);

        world.Cluster.Options<QueueOptions>().Shards = 4;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(shard => world.Cluster.ForgetAsync(world.Cluster.Grains.GetGrain<IQueueGrain>(shard))));
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(null);
        await world.WakeAsync();
        Assert.InRange(await world.CountRemindersAsync(), 1, 4);
        world.Cluster.Time.Advance(TimeSpan.FromMinutes(11));
        await world.WakeAsync();
        foreach (var entry in entries)
            await world.FinishAsync(entry);
    }

    private static async Task<QueueWorld> StartClosedAsync()
    {
        var world = await QueueWorld.StartAsync();
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(Closed);
        return world;
    }

    /// <summary>Two entries for each of ten domains, one of them without a sender, that have failed once.</summary>
    private static async Task<IReadOnlyList<QueueEntry>> PutOffAsync(QueueWorld world)
    {
        var entries = new List<QueueEntry>();
        for (var i = 0; i < 20; i++)
            entries.Add(await world.AcceptAsync(world.NewEntry($"u{i}@d{i / 2}.test", i % 2 == 0 ? "ann@acme.test" : "")));
        foreach (var entry in entries)
            await world.AttemptedAsync(entry, 1);
        return entries;
    }
}
