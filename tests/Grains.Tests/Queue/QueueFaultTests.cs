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
        var first = world.NewEntry("a@far.test");
        QueueEntry[] entries =
        [
            .. Enumerable.Range(0, 40).Select(i => first with { Target = first.Target with { Address = $"u{i}@far.test" }, Body = first.Body with { Shared = true } }),
        ];
        await world.ShardOf(first).AcceptAsync(entries);
        places.SetResult(null);
        await Task.WhenAll(entries.Select(world.FinishAsync));

        Assert.Equal(40, Assert.Single(world.Reports.Of(first.Id, ReportKind.Failed)).Count);
        Assert.Single(world.Reports.Calls);
    }
}
