using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Grains;

/// <summary>The times at which a shard is woken: a timer for what is due within the minute, its reminder for all that is later, and for the death of the process.</summary>
internal sealed partial class QueueAlarm(QueueGrain grain, QueueOptions options, TimeProvider time, ILogger logger)
{
    private const string Reminder = "wake";

    /// <summary>The reminder may differ from what it stands for by so much; timers serve what is due within it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private readonly AsyncMutex changes = new();
    private IGrainTimer? timer;
    private DateTimeOffset? timerAt;
    private DateTimeOffset? reminderAt;
    private bool known;
    private bool moving;

    /// <summary>Calls the grain at a time, if that is within the minute.</summary>
    public void WakeAt(DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        if (known && !moving && !(NextTick() <= at + Slack))
            _ = MoveAsync(at);
        if (!options.Timers || at - now > Slack || at >= timerAt)
            return;
        timer?.Dispose();
        timerAt = at;
        timer = grain.RegisterTimer(at > now ? at - now : TimeSpan.Zero, OnTimer);
    }

    /// <summary>Makes sure that the reminder comes not much later than this. Throws when that is not certain.</summary>
    public ValueTask EnsureAsync(DateTimeOffset due) => known && NextTick() <= due + Slack ? ValueTask.CompletedTask : SetAsync(due);

    /// <summary>Moves the reminder to the earliest time that counts; null = nothing waits. A failure is logged: the reminder comes as it is.</summary>
    public async Task MoveAsync(DateTimeOffset? earliest)
    {
        moving = true;
        try
        {
            if (earliest is null)
                await ClearAsync();
            else if (!known || Distance(earliest.Value) > Slack)
                await SetAsync(earliest.Value);
        }
        catch (Exception failure)
        {
            LogNotMoved(logger, failure, grain.Shard);
        }
        finally
        {
            moving = false;
        }
    }

    /// <summary>Drops the reminder for good.</summary>
    public async Task ClearAsync()
    {
        using (await changes.EnterAsync())
        {
            if ((known && reminderAt is null) || !grain.IsEmpty)
                return;
            (known, reminderAt) = (false, null); // whoever comes meanwhile sets it again, after this
            await grain.DropReminderAsync(Reminder);
            known = true;
        }
    }

    private async ValueTask SetAsync(DateTimeOffset due)
    {
        using (await changes.EnterAsync())
        {
            if (known && reminderAt is not null && Distance(due) <= Slack)
                return; // another caller was faster
            var now = time.GetUtcNow();
            var wait = due > now ? due - now : TimeSpan.Zero;
            await grain.SetReminderAsync(Reminder, wait, options.Period);
            (known, reminderAt) = (true, now + wait);
        }
    }

    private TimeSpan Distance(DateTimeOffset due)
    {
        var now = time.GetUtcNow();
        return NextTick() is { } tick ? (tick - (due > now ? due : now)).Duration() : TimeSpan.MaxValue;
    }

    private DateTimeOffset? NextTick()
    {
        var now = time.GetUtcNow();
        if (reminderAt is not { } first || first > now)
            return reminderAt;
        return first + (Math.Ceiling((now - first) / options.Period) * options.Period);
    }

    private Task OnTimer()
    {
        timerAt = null;
        grain.OnAlarm();
        return Task.CompletedTask;
    }

    [LoggerMessage(612, LogLevel.Warning, "The reminder of queue shard {Shard} could not be moved; it comes as it is")]
    private static partial void LogNotMoved(ILogger logger, Exception failure, long shard);
}
