namespace Orleans.Mail.Grains.Tests.Queue;

/// <summary>48 hours at a destination that takes nothing.</summary>
public sealed class ScheduleTests
{
    private static readonly RelayOutcome Later = new(RelayVerdict.Later, "4.3.2 451 not now", "mx.far.test [127.0.0.1]");

    // From the entry on, in minutes: 10 min doubled up to 4 h, and a last attempt when the time is over.
    private static readonly int[] Minutes = [0, 10, 30, 70, 150, 310, 550, 790, 1030, 1270, 1510, 1750, 1990, 2230, 2470, 2710, 2880];

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task The_attempts_come_when_they_should_with_one_delay_notice_and_one_failure_report(bool timers, bool restarts)
    {
        await using var world = await QueueWorld.StartAsync(options => options.Timers = timers);
        var attempts = new List<DateTimeOffset>();
        world.Relay.Send = (_, _) =>
        {
            attempts.Add(world.Cluster.Time.GetUtcNow());
            return Task.FromResult<RelayOutcome?>(Later);
        };
        var entry = await world.AcceptAsync(world.NewEntry());
        var start = world.Cluster.Time.GetUtcNow();
        for (var i = 0; i < Minutes.Length - 1; i++)
        {
            var state = await world.AttemptedAsync(entry, i + 1);
            if (restarts)
                await world.RestartAsync();
            await GoToAsync(world, state, timers);
        }

        var end = await world.FinishAsync(entry);

        Assert.StartsWith("5.4.7 ", end.Status, StringComparison.Ordinal);
        Assert.Equal(Minutes.Length, attempts.Count);
        for (var i = 0; i < attempts.Count; i++)
            Assert.InRange((attempts[i] - start).TotalMinutes, Minutes[i], Minutes[i] + (timers ? 0.1 : i + 1));
        // At most a minute late, each.
        Assert.Equal(240, (TimeOf(Assert.Single(world.Reports.Of(entry.Id, ReportKind.Delayed))) - start).TotalMinutes, timers ? 0.1 : 6);
        Assert.Single(world.Reports.Of(entry.Id, ReportKind.Failed));
    }

    [Fact]
    public async Task The_recipients_of_a_message_share_one_delay_notice()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(Later);
        var entries = world.NewEntries(5);
        var start = world.Cluster.Time.GetUtcNow();
        await world.ShardOf(entries[0]).AcceptAsync(entries);
        for (var attempts = 1; attempts <= 5; attempts++)
        {
            await Task.WhenAll(entries.Select(entry => world.AttemptedAsync(entry, attempts)));
            await StepToAsync(world, start.AddMinutes(Math.Min(Minutes[attempts], 240)), timers: true);
        }

        await Task.WhenAll(entries.Select(entry => world.WaitForAsync(entry, static now => now is { DelayTold: true, Report: ReportKind.None })));

        var report = Assert.Single(world.Reports.Of(entries[0].Id, ReportKind.Delayed));
        Assert.Equal(
            entries.Select(entry => entry.Target.Address),
            report.Select(entry => entry.Target.Address).Order(StringComparer.Ordinal));
        Assert.Single(world.Reports.Calls);
    }

    /// <summary>Lets the time come at which the entry is tried next; the delay notice may come before.</summary>
    private static async Task GoToAsync(QueueWorld world, QueueEntry entry, bool timers)
    {
        var time = world.Cluster.Time;
        if (entry.Due < entry.NextAttempt)
        {
            await StepToAsync(world, entry.Due, timers);
            await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { DelayTold: true, Report: ReportKind.None }, TimeSpan.FromSeconds(10), timers ? 0 : 12);
        }

        await StepToAsync(world, entry.NextAttempt, timers);
        if (!timers)
            await world.AdvanceUntilAsync(async () => (await world.FindAsync(entry))!.Attempts > entry.Attempts, TimeSpan.FromSeconds(10), 12);
        Assert.True(time.GetUtcNow() >= entry.NextAttempt);
    }

    private static async Task StepToAsync(QueueWorld world, DateTimeOffset to, bool timers)
    {
        var time = world.Cluster.Time;
        while (to - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            // In small steps at the end, so that what comes too early is seen.
            var step = left > TimeSpan.FromMinutes(4) ? left - TimeSpan.FromMinutes(3) : TimeSpan.FromSeconds(45);
            time.Advance(left < step ? left : step);
            await QueueWorld.SettleAsync();
            if (timers)
                await world.WakeAsync(); // an idle activation may have gone; the reminders alone are tested without timers
        }
    }

    private static DateTimeOffset TimeOf(IReadOnlyList<QueueEntry> report) => report[0].Due;
}
