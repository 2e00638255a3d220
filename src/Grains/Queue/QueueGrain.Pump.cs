using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The pump: starts what is due, as many attempts as the shard may run, and wakes itself for what comes next.</summary>
internal sealed partial class QueueGrain
{
    /// <summary>After a fault of the store an entry rests for so long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    // Entries that attempts run for, each with its due time.
    private readonly Dictionary<string, string> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> resting = new(StringComparer.Ordinal);
    private IGrainTimer? timer;
    private bool pumping;
    private bool again;
    private bool stopped;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stopped = true;
        return Task.CompletedTask;
    }

    /// <summary>Looks for what is due, beside the callers. It never fails: its faults are logged, and it comes again.</summary>
    private void Pump()
    {
        again = true;
        if (!pumping)
            _ = PumpAsync();
    }

    private async Task PumpAsync()
    {
        pumping = true;
        while (again && !stopped)
        {
            again = false;
            try
            {
                DateTimeOffset? next = null;
                foreach (var lane in QueueRow.Served)
                    next = Earlier(next, await StartDueAsync(lane));
                Arm(next);
            }
            catch (Exception failure)
            {
                LogNotPumped(failure, partition);
                Arm(time.GetUtcNow() + Rest);
            }
        }

        pumping = false;
    }

    /// <summary>Starts the attempts that are due while there is room. Returns when to look again, or null when a running one will say so.</summary>
    private async Task<DateTimeOffset?> StartDueAsync(char lane)
    {
        var now = time.GetUtcNow();
        foreach (var (key, until) in resting)
        {
            if (until <= now)
                resting.Remove(key);
        }

        // What runs or rests stands among the rows still.
        var page = await rows.ScanAsync(
            RowRange.Prefix(partition, QueueKeys.DueIn(lane)),
            Math.Min(options.Width + running.Count + resting.Count, StoreLimits.PageRows));
        foreach (var row in page.Rows)
        {
            var entry = Encoding.ASCII.GetString(row.Value.Span);
            if (running.ContainsKey(entry) || resting.ContainsKey(row.Key))
                continue;
            var due = QueueKeys.TimeOf(row.Key);
            if (due > now)
                return Earlier(due, Rested());
            if (running.Values.Count(other => other.StartsWith(QueueKeys.DueIn(lane), StringComparison.Ordinal)) >= options.Width)
                return null;
            running.Add(entry, row.Key);
            _ = ServeAsync(row.Key, entry);
        }

        return Rested();
    }

    private DateTimeOffset? Rested() => resting.Count > 0 ? resting.Values.Min() : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    private void Arm(DateTimeOffset? at)
    {
        timer?.Dispose();
        timer = null;
        if (at is not { } wake)
            return;
        var wait = wake - time.GetUtcNow();
        timer = this.RegisterGrainTimer(
            _ =>
            {
                Pump();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    /// <summary>One attempt, from its row to its row.</summary>
    private async Task ServeAsync(string due, string key)
    {
        try
        {
            var row = await rows.ReadAsync(new RowKey(partition, key));
            if (row is null)
                await rows.CommitAsync(new RowBatch(partition).Delete(due));
            else
                await ServeAsync(due, row);
        }
        catch (Exception failure)
        {
            LogNotServed(failure, key);
            resting[due] = time.GetUtcNow() + Rest;
        }
        finally
        {
            running.Remove(key);
            Pump();
        }
    }

    private async Task ServeAsync(string due, Row row)
    {
        var known = QueueRow.Decode(row.Value);
        if (QueueKeys.DueOf(known.Lane, known.Due, row.Key) != due)
        {
            // The entry has moved on since: only its own due time counts.
            await rows.CommitAsync(new RowBatch(partition).Delete(due));
            return;
        }

        if (known.Entry is not { } entry)
        {
            await rows.CommitAsync(new RowBatch(partition).Delete(row.Key, row.ETag).Delete(due));
            return;
        }

        var result = await TryAsync(entry);
        switch (result)
        {
            case AttemptResult.Step step:
                if (await MoveAsync(due, row, new QueueRow(step.Entry with { Attempts = 0, Status = "" }, time.GetUtcNow()), step.Requires) && step.Releases is { } left)
                    await TryReleaseAsync(left, row.Key);
                break;
            case AttemptResult.Later later when schedule.Next(entry.Entered, entry.Attempts + 1, later.OverQuota) is { } next:
                LogLater(entry.Id, entry.Target.Address, later.Status, next);
                await MoveAsync(due, row, new QueueRow(Tried(entry, later.Status) with { Due = next }, next));
                break;
            case AttemptResult.Later later:
                await FailAsync(due, row, Tried(entry, $"5.4.7 the time is over; the last answer was: {later.Status}"));
                break;
            case AttemptResult.Failure failure:
                await FailAsync(due, row, Tried(entry, failure.Status));
                break;
            default:
                LogDone(entry.Id, entry.Target.Address);
                await FinishAsync(due, row, entry);
                break;
        }
    }

    private async Task<AttemptResult> TryAsync(QueueEntry entry)
    {
        try
        {
            return await attempts.Of(entry.Target.Kind).TryAsync(entry);
        }
        catch (Exception failure) when (failure is not (StorageException or TimeoutException))
        {
            // An unknown error is a temporary one; trouble of the store or the cluster is no attempt, and rests.
            LogAttemptFailed(failure, entry.Id, entry.Target.Address);
            return new AttemptResult.Later("4.3.0 temporary trouble here");
        }
    }

    private QueueEntry Tried(QueueEntry entry, string status) =>
        entry with { Attempts = entry.Attempts + 1, LastAttempt = time.GetUtcNow(), Status = status };

    /// <summary>A copy's failure is nobody's business; another waits for its report.</summary>
    private Task FailAsync(string due, Row row, QueueEntry entry)
    {
        LogFailed(entry.Id, entry.Target.Address, entry.IsReported, entry.Status);
        return entry.IsReported
            ? MoveAsync(due, row, new QueueRow(entry with { Failed = true }, time.GetUtcNow()))
            : FinishAsync(due, row, entry);
    }

    private async Task FinishAsync(string due, Row row, QueueEntry entry)
    {
        if (await MoveAsync(due, row, new QueueRow(null, time.GetUtcNow() + options.Memory)))
            await TryReleaseAsync(entry.Body, row.Key);
    }

    /// <summary>Replaces an entry and its due time. False when another activation was faster: what it wrote counts.</summary>
    private async Task<bool> MoveAsync(string due, Row row, QueueRow next, BodyRef? requires = null)
    {
        var batch = new RowBatch(partition).Replace(row.Key, next.Encode(), row.ETag);
        if (requires is { } body)
            batch.Require(body);
        var nextDue = QueueKeys.DueOf(next.Lane, next.Due, row.Key);
        if (nextDue != due)
            batch.Delete(due).Upsert(nextDue, Encoding.ASCII.GetBytes(row.Key));
        return (await rows.CommitAsync(batch)).Outcome == CommitOutcome.Done;
    }
}
