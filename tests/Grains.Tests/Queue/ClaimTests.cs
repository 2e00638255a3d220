using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class ClaimTests
{
    private readonly TaskCompletionSource<RelayOutcome?> gate = new();

    [Fact]
    public async Task What_a_process_died_with_is_repeated_soon_but_not_at_once()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");

        // The first process stays where it is, and nobody knows it any more.
        await using var second = await world.Cluster.StartSecondAsync();
        var shard = second.Grains.GetGrain<IQueueGrain>(QueueKeys.ShardOf(entry.Target, 10));
        await shard.WakeAsync();
        await QueueWorld.SettleAsync();
        Assert.Single(world.Relay.Messages);

        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(null);
        world.Cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await shard.WakeAsync();
        var end = await world.FinishAsync(entry);

        Assert.Equal(2, world.Relay.Messages.Count);
        Assert.Equal(2, end.Attempts);
        Assert.False(world.Relay.Messages.First().MayFinish() && await IsStillClaimedAsync(world, entry));
    }

    [Fact]
    public async Task A_claim_is_renewed_while_its_attempt_runs()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");
        for (var i = 0; i < 20; i++)
        {
            world.Cluster.Time.Advance(TimeSpan.FromSeconds(30));
            await QueueWorld.SettleAsync();
        }

        Assert.True(Assert.Single(world.Relay.Messages).MayFinish());
        gate.SetResult(null);
        await world.FinishAsync(entry);
        Assert.Single(world.Relay.Messages);
    }

    [Fact]
    public async Task A_claim_that_cannot_be_renewed_does_not_let_the_message_be_finished()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");
        var message = Assert.Single(world.Relay.Messages);
        Assert.True(message.MayFinish());
        using (world.Cluster.Rows.Commits.While(Fault.Error))
        {
            for (var i = 0; i < 4; i++)
            {
                world.Cluster.Time.Advance(TimeSpan.FromSeconds(30));
                await QueueWorld.SettleAsync();
            }

            Assert.False(message.MayFinish());
        }

        gate.SetResult(null);
        await world.AdvanceUntilAsync(async () => (await world.FindAsync(entry))!.Finished, TimeSpan.FromSeconds(5), 20);
    }

    [Fact]
    public async Task Whoever_claimed_it_first_keeps_it()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");

        // Another writer takes the row over, as a second activation would after the claim's end.
        var claim = new QueueClaim("127.0.0.1:1@1", "other", world.Cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(2));
        await world.ReplaceAsync(entry, row => row with { Claim = claim });
        gate.SetResult(null);
        await QueueWorld.SettleAsync();

        Assert.False((await world.FindAsync(entry))!.Finished);
    }

    [Fact]
    public async Task What_was_not_begun_is_given_back_at_the_end()
    {
        await using var world = await QueueWorld.StartAsync();
        var places = new TaskCompletionSource<RelayEntrance?>();
        world.Relay.Enter = (_, _) => places.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        world.Relay.Enter = static (_, _) => Task.FromResult<RelayEntrance?>(null);
        await world.RestartAsync();

        Assert.Equal(1, (await world.FinishAsync(entry)).Attempts);
    }

    [Fact]
    public async Task What_was_cut_before_the_end_of_the_message_is_due_at_once()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(null);
        await world.RestartAsync();

        Assert.Equal(1, (await world.FinishAsync(entry)).Attempts);
        Assert.Equal(2, world.Relay.Messages.Count);
    }

    [Fact]
    public async Task An_answer_that_comes_during_the_end_counts()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.IsPastEnd = true;
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");
        var restart = world.RestartAsync();
        await world.Relay.GivenUp.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await QueueWorld.SettleAsync();
        gate.SetResult(null);
        await restart;

        Assert.True((await world.FindAsync(entry))!.Finished);
        Assert.Single(world.Relay.Messages);
    }

    [Fact]
    public async Task An_outcome_that_landed_unseen_is_followed()
    {
        await using var world = await QueueWorld.StartAsync(static options => options.Period = TimeSpan.FromHours(1));
        world.Relay.Send = (_, _) => gate.Task;
        var entry = await world.AcceptAsync(world.NewEntry());
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(world.Relay.Messages.Count == 1), () => "nothing was sent");
        await world.ReplaceAsync(entry, row => world.Cluster.Service<QueueOutcomes>().Later(row.Entry!, overQuota: false, null, 0));
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(null);
        gate.SetResult(new RelayOutcome(RelayVerdict.Later, "4.3.2 451 not now", ""));
        await QueueWorld.SettleAsync();

        await world.AdvanceUntilAsync(async () => (await world.FindAsync(entry))!.Finished, TimeSpan.FromSeconds(15), 41);
    }

    private static async Task<bool> IsStillClaimedAsync(QueueWorld world, QueueEntry entry) => !(await world.FindAsync(entry))!.Finished;
}
