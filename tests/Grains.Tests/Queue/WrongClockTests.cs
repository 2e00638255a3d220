namespace Orleans.Mail.Grains.Tests.Queue;

/// <summary>Entries come with the time of the silo that made them, whose clock may be another.</summary>
public sealed class WrongClockTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task What_is_new_goes_at_once_whatever_clock_entered_it(int minutes)
    {
        await using var world = await QueueWorld.StartAsync();
        var entered = world.Cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(minutes);
        var entry = await world.AcceptAsync(world.NewEntry() with { Entered = entered, Due = entered, NextAttempt = entered });

        await world.FinishAsync(entry);

        Assert.Single(world.Relay.Messages);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task What_was_refused_for_now_is_tried_again_when_it_would_have_been(int minutes)
    {
        await using var world = await QueueWorld.StartAsync();
        var now = world.Cluster.Time.GetUtcNow();
        var entered = now + TimeSpan.FromMinutes(minutes);
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(new RelayOutcome(RelayVerdict.Later, "4.3.2 451 not now", ""));
        var entry = await world.AcceptAsync(world.NewEntry() with { Entered = entered, Due = entered, NextAttempt = entered });

        var tried = await world.AttemptedAsync(entry, 1);

        Assert.Equal(now + world.Cluster.Options<QueueOptions>().FirstRetry, tried.NextAttempt);
    }

    [Fact]
    public async Task What_waits_is_late_by_the_difference_and_no_more()
    {
        await using var world = await QueueWorld.StartAsync();
        var ahead = TimeSpan.FromMinutes(5);
        var due = world.Cluster.Time.GetUtcNow() + ahead + TimeSpan.FromMinutes(1); // in a minute, by the clock of who entered it
        var entry = await world.AcceptAsync(world.NewEntry() with { Entered = due - TimeSpan.FromMinutes(1), Due = due, NextAttempt = due, Attempts = 1 });

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Finished: true }, TimeSpan.FromSeconds(30), 12);

        Assert.Single(world.Relay.Messages);
    }
}
