using System.Diagnostics;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The entries in memory for mailboxes, programs and lists: some attempts at a time in each lane.</summary>
internal sealed class LocalFeed(QueueShard shard)
{
    private readonly Lane local = new();
    private readonly Lane programs = new();

    private DateTimeOffset Now => shard.Services.Time.GetUtcNow();

    public void Offer(QueueItem item)
    {
        var lane = item.Entry.Target.Kind == TargetKind.Pipe ? programs : local;
        lane.Ready.Enqueue(item);
        Start(lane);
    }

    /// <summary>One attempt at a claimed entry, and what follows from it. Never fails.</summary>
    public async Task AttemptAsync(QueueItem item, Func<QueueEntry, Task<AttemptResult>> attempt)
    {
        var began = Now;
        AttemptResult result;
        try
        {
            result = await attempt(item.Entry);
        }
        catch (Exception failure) when (failure is StorageException or TimeoutException && shard.MayRest(item) && !shard.Services.Outcomes.IsOver(item.Entry))
        {
            shard.LogAttemptFailed(failure, item.Entry);
            shard.Pump.Rest(item, Now + QueueShard.Rest);
            return;
        }
        catch (Exception failure)
        {
            shard.LogAttemptFailed(failure, item.Entry);
            result = new AttemptResult.Later(QueueShard.TroubleHere); // an unknown error is a temporary one
        }

        if (result is AttemptResult.Step step)
            await shard.StepAsync(item, step);
        else
            await EndAsync(item, result, began);
    }

    private Task EndAsync(QueueItem item, AttemptResult result, DateTimeOffset began)
    {
        var outcomes = shard.Services.Outcomes;
        var number = outcomes.NewReportNumber();
        var (outcome, next) = result switch
        {
            AttemptResult.Later later => ("later", outcomes.Later(shard.Tried(item, began, "", later.Status), later.OverQuota, null, number)),
            AttemptResult.Failure failure => ("failed", outcomes.Failed(shard.Tried(item, began, "", failure.Status), number)),
            _ => ("sent", outcomes.Done(shard.Tried(item, began, "", "2.0.0 delivered"), SuccessOf(item.Entry.Target.Kind), number)),
        };
        shard.Services.Metrics.Attempted(item.Row.Lane);
        shard.Services.Metrics.Ended(outcome);
        shard.LogEnded(next);
        return shard.EndAsync(item, next);
    }

    // A message for another host that was routed again is told of by the entries that it became.
    private static ReportKind SuccessOf(TargetKind kind) => kind switch
    {
        TargetKind.Mailbox or TargetKind.Pipe => ReportKind.Delivered,
        TargetKind.List => ReportKind.Expanded,
        _ => ReportKind.None,
    };

    private void Start(Lane lane)
    {
        while (lane.Running < shard.Services.Options.Width && !shard.IsStopped && lane.Ready.TryDequeue(out var item))
        {
            if (item.State != ItemState.Ready)
                continue;
            lane.Running++;
            _ = RunAsync(lane, item);
        }
    }

    private async Task RunAsync(Lane lane, QueueItem item)
    {
        Activity.Current = null; // no part of the trace of whoever started it
        try
        {
            if (await shard.ClaimAsync(item))
                await AttemptAsync(item, shard.Services.Attempts.Of(item.Entry.Target.Kind).TryAsync);
        }
        finally
        {
            lane.Running--;
            Start(lane);
        }
    }

    private sealed class Lane
    {
        public Queue<QueueItem> Ready { get; } = new();

        public int Running { get; set; }
    }
}
