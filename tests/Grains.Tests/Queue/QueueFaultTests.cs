using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class QueueFaultTests
{
    public static TheoryData<int, string> Faults
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var commit = 0; commit < 5; commit++)
            {
                foreach (var fault in new[] { nameof(Fault.Error), nameof(Fault.LostReply), nameof(Fault.LostRequest) })
                    data.Add(commit, fault);
            }

            return data;
        }
    }

    /// <summary>A message fails once, is retried, and is sent: accept, outcome, claim, outcome.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Trouble_at_any_commit_loses_nothing_and_repeats_nothing_that_was_sent(int commit, string fault)
    {
        await using var world = await QueueWorld.StartAsync();
        var attempts = 0;
        world.Relay.Send = (_, _) => Task.FromResult(
            Interlocked.Increment(ref attempts) == 1 ? new RelayOutcome(RelayVerdict.Later, "4.3.2 451 not now", "") : null);
        world.Cluster.Rows.Commits.Skip(commit).Next(
            fault switch { nameof(Fault.Error) => Fault.Error, nameof(Fault.LostReply) => Fault.LostReply, _ => Fault.LostRequest }, 2);

        var entry = world.NewEntry();
        for (var tries = 0; tries < 5; tries++)
        {
            try
            {
                await world.AcceptAsync(entry);
                break;
            }
            catch (Storage.StorageException)
            {
                await QueueWorld.SettleAsync(); // the client repeats it
            }
        }

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Finished: true }, TimeSpan.FromSeconds(30), 120);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_report_is_not_repeated_under_another_number()
    {
        await using var world = await QueueWorld.StartAsync();
        var faults = 1;
        world.Reports.Fault = () => Interlocked.Decrement(ref faults) >= 0 ? new Storage.StorageException("no room") : null;
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(new RelayOutcome(RelayVerdict.Failed, "5.1.1 550 no", ""));
        var entry = await world.AcceptAsync(world.NewEntry());
        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Finished: true }, TimeSpan.FromSeconds(20), 12);

        Assert.Single(world.Reports.Of(entry.Id, ReportKind.Failed));
        Assert.Equal(2, world.Reports.Calls.Count);
        Assert.Single(world.Reports.Calls.Select(call => call[0].ReportNumber).Distinct());
    }

    [Fact]
    public async Task Recipients_that_fail_together_are_told_of_together()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(new RelayOutcome(RelayVerdict.Failed, "5.1.1 550 no", ""));
        var places = new TaskCompletionSource<RelayEntrance?>();
        world.Relay.Enter = (_, _) => places.Task;
        var entries = world.NewEntries(40);
        await world.ShardOf(entries[0]).AcceptAsync(entries);
        places.SetResult(null);
        await Task.WhenAll(entries.Select(world.FinishAsync));

        Assert.Equal(40, Assert.Single(world.Reports.Of(entries[0].Id, ReportKind.Failed)).Count);
        Assert.Single(world.Reports.Calls);
    }

    /// <summary>The outcomes of so many take three commits; something is wrong with the second.</summary>
    [Theory]
    [InlineData("slow")]
    [InlineData(nameof(Fault.Error))]
    [InlineData(nameof(Fault.LostReply))]
    [InlineData(nameof(Fault.LostRequest))]
    public async Task Recipients_whose_outcomes_are_written_one_after_another_are_told_of_together(string fault)
    {
        await using var world = await QueueWorld.StartAsync();
        var slow = new TaskCompletionSource();
        var entries = await FailTogetherAsync(world, 45, commits => commits.Skip(1).Next(fault switch
        {
            nameof(Fault.Error) => Fault.Error,
            nameof(Fault.LostReply) => Fault.LostReply,
            nameof(Fault.LostRequest) => Fault.LostRequest,
            _ => Fault.Hold(slow.Task),
        }));
        await QueueWorld.SettleAsync();
        slow.SetResult();
        await world.AdvanceUntilAsync(() => AreFinishedAsync(world, entries), TimeSpan.FromSeconds(3), 60);

        Assert.Equal(45, Assert.Single(world.Reports.Of(entries[0].Id, ReportKind.Failed)).Count);
        Assert.Single(world.Reports.Calls);
    }

    [Fact]
    public async Task After_trouble_that_lasts_every_recipient_is_told_of_once()
    {
        await using var world = await QueueWorld.StartAsync();
        var entries = await FailTogetherAsync(world, 45, static commits => commits.Skip(1).Next(Fault.Error, 60));
        await world.AdvanceUntilAsync(() => AreFinishedAsync(world, entries), TimeSpan.FromSeconds(3), 200);

        var reports = world.Reports.Of(entries[0].Id, ReportKind.Failed);
        Assert.Equal(2, reports.Count);
        Assert.Equal(
            entries.Select(entry => entry.Target.Address).Order(StringComparer.Ordinal),
            reports.SelectMany(report => report).Select(entry => entry.Target.Address).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_report_that_cannot_be_made_is_given_up()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Reports.Fault = static () => new FormatException("no such report");
        world.Relay.Send = static (_, _) => Task.FromResult<RelayOutcome?>(new RelayOutcome(RelayVerdict.Failed, "5.1.1 550 no", ""));
        await world.FinishAsync(await world.AcceptAsync(world.NewEntry()));

        Assert.Single(world.Reports.Calls);
    }

    [Fact]
    public async Task What_is_delayed_goes_on_without_its_notice_when_that_cannot_be_made()
    {
        await using var world = await QueueWorld.StartAsync();
        world.Reports.Fault = static () => new FormatException("no such report");
        var notice = world.NewEntry() with { Report = ReportKind.Delayed, ReportNumber = 1, Attempts = 1 };
        await world.FinishAsync(await world.AcceptAsync(notice));

        Assert.Single(world.Reports.Calls);
        Assert.Equal(1, world.Relay.CountOf(notice.Id));
    }

    /// <summary>A message all of whose recipients are refused.</summary>
    private static async Task<QueueEntry[]> FailTogetherAsync(QueueWorld world, int count, Action<FaultPlan> trouble)
    {
        world.Relay.Send = (_, _) =>
        {
            trouble(world.Cluster.Rows.Commits);
            return Task.FromResult<RelayOutcome?>(new RelayOutcome(RelayVerdict.Failed, "5.1.1 550 no", ""));
        };
        var places = new TaskCompletionSource<RelayEntrance?>();
        world.Relay.Enter = (_, _) => places.Task;
        var entries = world.NewEntries(count);
        await world.ShardOf(entries[0]).AcceptAsync(entries);
        places.SetResult(null);
        return entries;
    }

    private static async Task<bool> AreFinishedAsync(QueueWorld world, IEnumerable<QueueEntry> entries) =>
        (await Task.WhenAll(entries.Select(world.FindAsync))).All(static entry => entry is { Finished: true });
}
