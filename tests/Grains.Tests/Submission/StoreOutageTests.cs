using Orleans.Mail.Grains.Tests.Queue;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Submission;

public sealed class StoreOutageTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_minute_without_the_store_is_try_again_and_what_was_accepted_before_it_and_after_it_arrives_once()
    {
        await using var world = await QueueWorld.StartAsync();
        var answer = new TaskCompletionSource<RelayOutcome?>();
        world.Relay.Send = (_, _) => answer.Task;
        var before = await MixedMail.NewAsync(world);
        var during = await MixedMail.NewAsync(world);
        Assert.True(await before.SubmitAsync(world.Cluster));
        await QueueWorld.WaitUntilAsync(() => Task.FromResult(before.Sent == 1), () => "nothing was sent");

        using (world.Cluster.Rows.Commits.While(Fault.Error))
        using (world.Cluster.Rows.Reads.While(Fault.Error))
        {
            answer.SetResult(null); // the other host took it, and nobody can write that down
            for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(1); passed += Step)
            {
                Assert.False(await during.SubmitAsync(world.Cluster));
                world.Cluster.Time.Advance(Step);
                await QueueWorld.SettleAsync();
            }
        }

        Assert.True(await during.SubmitAsync(world.Cluster));
        await before.ArrivesOnceAsync();
        await during.ArrivesOnceAsync();
        Assert.Equal((1, 1), (before.Sent, during.Sent));
    }

    [Fact]
    public async Task Half_a_second_for_each_commit_only_costs_time()
    {
        await using var world = await QueueWorld.StartAsync();
        var mail = await MixedMail.NewAsync(world);
        using (world.Cluster.Rows.Commits.While(Fault.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System)))
            Assert.True(await mail.SubmitAsync(world.Cluster));

        await mail.ArrivesOnceAsync();
        Assert.Equal(1, mail.Sent);
    }
}
