using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Mail.Storage;
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
            catch (StorageException)
            {
                await QueueWorld.SettleAsync(); // the client repeats it
            }
        }

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Finished: true }, TimeSpan.FromSeconds(30), 120);
        Assert.Equal(2, attempts);
    }

    /// <summary>A claim names a later time for the case that its owner dies; its owner does not wait for that.</summary>
    [Fact]
    public async Task An_attempt_that_trouble_here_has_ended_is_made_again_after_a_minute_and_not_after_the_next_wait()
    {
        await using var world = await QueueWorld.StartAsync();
        var attempts = new List<DateTimeOffset>();
        world.Relay.Send = (_, _) =>
        {
            lock (attempts)
                attempts.Add(world.Cluster.Time.GetUtcNow());
            return attempts.Count switch
            {
                1 => Task.FromResult<RelayOutcome?>(new RelayOutcome(RelayVerdict.Later, "4.3.2 451 not now", "")),
                2 => throw new StorageException("trouble"),
                _ => Task.FromResult<RelayOutcome?>(null),
            };
        };

        var entry = await world.AcceptAsync(world.NewEntry());

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Finished: true }, TimeSpan.FromSeconds(30), 120);
        Assert.Equal(3, attempts.Count);
        Assert.InRange(attempts[2] - attempts[1], TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(TargetKind.Remote)]
    [InlineData(TargetKind.Mailbox)]
    public async Task Trouble_that_lasts_counts_as_attempts_and_backs_off(TargetKind kind)
    {
        var attempt = new BrokenAttempt();
        await using var world = await QueueWorld.StartAsync(customize: services => services.RemoveAll<IQueueAttempt>().AddSingleton<IQueueAttempt>(attempt));
        world.Relay.Send = async (_, _) =>
        {
            await attempt.TryAsync(null!);
            return null;
        };
        var entry = world.NewEntry();
        if (kind == TargetKind.Mailbox)
            entry = entry with { Target = new Target { Kind = kind, Address = "mick@acme.test", Id = world.Cluster.NewName() }, Body = entry.Body with { Shared = true } };
        await world.AcceptAsync(entry);

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Attempts: >= 3 }, TimeSpan.FromSeconds(30), 240);

        var waiting = (await world.FindAsync(entry))!;
        Assert.Equal(QueueShard.TroubleHere, waiting.Status);
        Assert.False(waiting.Finished);
        Assert.InRange(attempt.Count, 18, 24); // once a minute for ten minutes, ten minutes later again
    }

    [Fact]
    public async Task Of_a_long_answer_only_the_beginning_is_kept()
    {
        await using var world = await QueueWorld.StartAsync();
        var answer = new RelayOutcome(RelayVerdict.Later, new string('x', 999) + "\U0001F600" + new string('x', 600_000), new string('h', 600_000));
        world.Relay.Send = (_, _) => Task.FromResult<RelayOutcome?>(answer);

        var tried = await world.AttemptedAsync(await world.AcceptAsync(world.NewEntry()), 1);

        Assert.Equal(new string('x', 999), tried.Status);
        Assert.Equal(1000, tried.History[^1].Host.Length);
    }

    [Fact]
    public async Task A_row_that_cannot_be_written_harms_no_other()
    {
        await using var world = await QueueWorld.StartAsync();
        var writer = new PartitionWriter("test", world.Cluster.Service<SettledRows>(), TimeSpan.FromMinutes(15), world.Cluster.Time, static _ => { });
        var writes = new[] { 1, StoreLimits.ValueLength, 1 }.Select((length, i) => Insert(world.NewEntry($"u{i}@far.test") with { Status = new string('x', length) })).ToArray();

        var ends = writes.Select(writer.WriteAsync).ToArray();

        await Assert.ThrowsAsync<ArgumentException>(() => ends[1]);
        Assert.Equal([CommitOutcome.Done, CommitOutcome.Done], await Task.WhenAll(ends[0], ends[2]));
        Assert.NotEqual(writes[0].ETag, default);
    }

    [Fact]
    public async Task Trouble_of_the_store_does_not_go_on_for_ever()
    {
        var attempt = new BrokenAttempt();
        await using var world = await QueueWorld.StartAsync(
            static options => options.Lifetime = TimeSpan.FromMinutes(5),
            services => services.RemoveAll<IQueueAttempt>().AddSingleton<IQueueAttempt>(attempt));
        var entry = world.NewEntry();
        entry = entry with { Target = new Target { Kind = TargetKind.Mailbox, Address = "mick@acme.test", Id = world.Cluster.NewName() }, Body = entry.Body with { Shared = true } };
        await world.AcceptAsync(entry);

        await world.AdvanceUntilAsync(async () => await world.FindAsync(entry) is { Finished: true }, TimeSpan.FromSeconds(20), 24);

        var end = (await world.FindAsync(entry))!;
        Assert.StartsWith("5.4.7", end.Status, StringComparison.Ordinal);
        Assert.Single(world.Reports.Of(entry.Id, ReportKind.Failed));
        Assert.InRange(attempt.Count, 5, 7); // once a minute
    }

    [Fact]
    public async Task A_report_is_not_repeated_under_another_number()
    {
        await using var world = await QueueWorld.StartAsync();
        var faults = 1;
        world.Reports.Fault = () => Interlocked.Decrement(ref faults) >= 0 ? new StorageException("no room") : null;
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

    private static RowWrite Insert(QueueEntry entry)
    {
        var key = QueueKeys.Entry(entry.Target, entry.Id);
        return new RowWrite(key, QueueKeys.HashOf(key), null, null, new QueueRow(entry with { NextAttempt = entry.Due }, entry.Due, DueLane.User));
    }

    /// <summary>A store that never gets well.</summary>
    private sealed class BrokenAttempt : IQueueAttempt
    {
        private int count;

        public TargetKind Kind => TargetKind.Mailbox;

        public int Count => Volatile.Read(ref count);

        public Task<AttemptResult> TryAsync(QueueEntry entry)
        {
            Interlocked.Increment(ref count);
            throw new StorageException("the disk does not read or write");
        }
    }
}
