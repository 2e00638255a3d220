using Orleans.Concurrency;

namespace Orleans.Mail.Grains;

/// <summary>
/// A shard of the queue: its entry points, its timer and its reminder. Reentrant: who hands entries over never waits for
/// attempts. <see cref="QueueShard"/> does the work.
/// </summary>
[Reentrant, GrainType("queue")]
internal sealed class QueueGrain : Grain, IQueueGrain, IRemindable, IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReminderUpkeep = TimeSpan.FromSeconds(15);

    /// <summary>A pump that has a backlog to bring does not end: the reminder follows what is known by then.</summary>
    private static readonly TimeSpan PumpLimit = TimeSpan.FromSeconds(3);

    private readonly QueueServices services;
    private readonly QueueAlarm alarm;
    private readonly QueueShard shard;
    private readonly ShardManagement management;
    private DateTimeOffset reminderSeen;
    private bool woken;
    private bool following;
    private int accepting;

    public QueueGrain(QueueServices services)
    {
        this.services = services;
        Shard = this.GetPrimaryKeyLong();
        alarm = new QueueAlarm(this, services.Options, services.Time, services.Logger);
        shard = new QueueShard(services, (int)Shard, alarm.WakeAt);
        management = new ShardManagement(shard);
    }

    public long Shard { get; }

    /// <summary>Whether nothing waits here, and nothing is on its way.</summary>
    internal bool IsEmpty => accepting == 0 && (Shard >= services.Options.Shards || shard.Pump.Earliest() is null);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => shard.StopAsync(StopLimit);

    public void Dispose() => shard.Dispose();

    public async Task AcceptAsync(IReadOnlyList<QueueEntry> entries)
    {
        Start();
        var due = DateTimeOffset.MaxValue;
        foreach (var entry in entries)
        {
            var at = shard.DueOf(entry);
            due = at < due ? at : due;
        }

        accepting++;
        try
        {
            await alarm.EnsureAsync(due);
            await shard.AcceptAsync(entries);
        }
        finally
        {
            accepting--;
        }
    }

    public async Task WakeAsync()
    {
        if (Shard >= services.Options.Shards)
        {
            await LeaveAsync();
            return;
        }

        Start();
        shard.Pump.Run();
        await AfterPumpAsync();
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (Shard >= services.Options.Shards)
        {
            await LeaveAsync();
            return;
        }

        Start();
        shard.Pump.Restart();
        await AfterPumpAsync();
    }

    public Task<IReadOnlyList<QueueEntry>> ListUnindexedAsync(QueueFilter filter) => Task.FromResult(management.ListUnindexed(filter));

    public async Task<int> ChangeAsync(int partition, IReadOnlyList<string> keys, QueueChange change)
    {
        Start();
        await alarm.EnsureAsync(services.Time.GetUtcNow());
        return await management.ChangeAsync(partition, keys, change);
    }

    public Task<QueueStatus> ReadStatusAsync()
    {
        Start();
        return management.ReadStatusAsync();
    }

    internal IGrainTimer RegisterTimer(TimeSpan wait, Func<Task> callback) =>
        this.RegisterGrainTimer(_ => callback(), new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { Interleave = true });

    internal Task SetReminderAsync(string name, TimeSpan wait, TimeSpan period) => this.RegisterOrUpdateReminder(name, wait, period);

    internal async Task DropReminderAsync(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    /// <summary>The time has come for which the timer was set.</summary>
    internal void OnAlarm()
    {
        shard.Pump.Run();
        if (services.Time.GetUtcNow() - reminderSeen >= ReminderUpkeep && !following)
            _ = AfterPumpAsync();
    }

    /// <summary>The shards that there are serve what this one served.</summary>
    private async Task LeaveAsync()
    {
        await alarm.ClearAsync();
        DeactivateOnIdle();
    }

    /// <summary>Looks once at all that waits, and counts it beside the callers.</summary>
    private void Start()
    {
        if (woken)
            return;
        woken = true;
        shard.Pump.Run();
        _ = management.CountAsync();
    }

    /// <summary>When what is due has been looked at, the reminder follows what is left. Never fails.</summary>
    private async Task AfterPumpAsync()
    {
        following = true;
        reminderSeen = services.Time.GetUtcNow();
        try
        {
            await Task.WhenAny(shard.Pump.IdleAsync(), Task.Delay(PumpLimit, services.Time));
            await alarm.MoveAsync(shard.Pump.Earliest());
            await management.MeasureAsync();
        }
        finally
        {
            following = false;
        }
    }
}
