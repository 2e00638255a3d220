using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class HappyPathTests
{
    [Fact]
    public async Task One_message_asks_for_one_place()
    {
        await using var world = await QueueWorld.StartAsync();
        using var slow = world.Cluster.Rows.Reads.While(Fault.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System)); // whose domain it is takes a moment to know

        await world.FinishAsync(await world.AcceptAsync(world.NewEntry()));

        Assert.Single(world.Relay.Entered);
    }

    [Fact]
    public async Task A_message_that_goes_out_at_once_costs_two_commits()
    {
        await using var world = await QueueWorld.StartAsync();
        await world.FinishAsync(await world.AcceptAsync(world.NewEntry()));
        var before = world.Cluster.Memory.Commits;

        var entry = await world.AcceptAsync(world.NewEntry());
        var finished = await world.FinishAsync(entry);

        Assert.Equal(2, world.Cluster.Memory.Commits - before);
        Assert.Equal("2.0.0 250 ok", finished.Status);
        Assert.Equal("mx.far.test [127.0.0.1]", Assert.Single(finished.History).Host);
    }

    [Fact]
    public async Task Its_body_goes_after_it_and_the_rest_of_it_after_a_while()
    {
        await using var world = await QueueWorld.StartAsync();
        var entry = await world.AcceptAsync(world.NewEntry());
        await world.FinishAsync(entry);
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(!world.Cluster.Bodies.Exists(entry.Body)), () => "the body stays");

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is null, TimeSpan.FromMinutes(1), 25);

        Assert.Empty(world.Cluster.Memory.KeysOf(QueueKeys.EntryOf(entry.Target, entry.Id).Partition));
    }

    [Fact]
    public async Task Handing_it_over_again_sends_nothing_twice_and_releases_no_body_that_is_used()
    {
        await using var world = await QueueWorld.StartAsync();
        var gate = new TaskCompletionSource<RelayOutcome?>();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await world.AcceptAsync(entry);
        Assert.True(world.Cluster.Bodies.Exists(entry.Body));
        gate.SetResult(null);
        await world.FinishAsync(entry);
        await world.AcceptAsync(entry);
        await QueueWorld.SettleAsync();

        Assert.Equal(1, world.Relay.CountOf(entry.Id));
    }

    [Fact]
    public async Task Recipients_of_a_message_at_one_destination_go_together()
    {
        await using var world = await QueueWorld.StartAsync();
        var first = world.NewEntry("a@far.test");
        QueueEntry[] entries =
        [
            .. Enumerable.Range(0, 150).Select(i => first with { Target = first.Target with { Address = $"u{i}@far.test" }, Body = first.Body with { Shared = true } }),
        ];
        var gate = new TaskCompletionSource<RelayEntrance?>();
        world.Relay.Enter = (_, _) => gate.Task;
        await world.ShardOf(first).AcceptAsync(entries);
        gate.SetResult(null);
        await Task.WhenAll(entries.Select(world.FinishAsync));

        Assert.Equal([50, 100], world.Relay.Messages.Select(message => message.Recipients.Count).Order());
    }

    [Fact]
    public async Task Many_entries_share_commits()
    {
        await using var world = await QueueWorld.StartAsync();
        await world.FinishAsync(await world.AcceptAsync(world.NewEntry()));
        var gate = new TaskCompletionSource<RelayEntrance?>();
        world.Relay.Enter = (_, _) => gate.Task;
        var before = world.Cluster.Memory.Commits;
        var held = new TaskCompletionSource();
        world.Cluster.Rows.Commits.Next(Fault.Hold(held.Task));
        var entries = Enumerable.Range(0, 90).Select(_ => world.NewEntry()).ToArray();
        var accepted = entries.Select(world.AcceptAsync).ToArray();
        await QueueWorld.SettleAsync();
        held.SetResult();
        await Task.WhenAll(accepted);

        Assert.InRange(world.Cluster.Memory.Commits - before, 2, 30); // some may come too late to share the first
        gate.SetResult(null);
        await Task.WhenAll(entries.Select(world.FinishAsync));
    }

    [Fact]
    public async Task Mail_for_a_domain_that_is_ours_by_now_is_delivered_here()
    {
        await using var world = await QueueWorld.StartAsync();
        var domain = await world.Cluster.NewDomainAsync();
        await world.Cluster.CreateUserAsync($"bob@{domain}");
        var entry = await world.AcceptAsync(world.NewEntry($"bob@{domain}"));
        await world.FinishAsync(entry);

        var box = (await world.Cluster.ResolveAsync($"bob@{domain}")).Id;
        Assert.Equal(1, (await world.Cluster.Grains.GetGrain<IMailboxGrain>(box).ReadUsageAsync()).Messages);
        Assert.Empty(world.Relay.Messages);
        Assert.True(world.Cluster.Bodies.Exists(entry.Body));
    }
}
