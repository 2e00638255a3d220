using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// A slice of the background work. Its truth is its rows; a reminder, registered before the first item is acknowledged
/// and then kept, drains them. Reentrant, because an item's grain may add an item to the slice that waits for it.
/// </summary>
[Reentrant, GrainType("work")]
internal sealed partial class WorkGrain : Grain, IWorkGrain, IRemindable
{
    private const string Reminder = "drain";
    private const int Page = 200;

    private readonly SettledRows rows;
    private readonly WorkOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<WorkGrain> logger;
    private readonly string partition;
    private Task? registered;
    private Task<int>? draining;

    public WorkGrain(SettledRows rows, IOptions<WorkOptions> options, TimeProvider time, ILogger<WorkGrain> logger)
    {
        this.rows = rows;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        partition = string.Create(CultureInfo.InvariantCulture, $"work!{this.GetPrimaryKeyLong():x2}");
    }

    public async Task AddAsync(string item, DateTimeOffset due)
    {
        await RegisterAsync();
        var key = new RowKey(partition, WorkItem.KeyOf(item));
        while (true)
        {
            var row = await rows.ReadAsync(key);
            var batch = new RowBatch(partition);
            if (row is null)
            {
                batch.Insert(key.Key, new WorkRow(item, due).Encode());
            }
            else
            {
                // What is due already may be under way without having seen the new work: a write makes the drain
                // find another version when it is done, and so come back.
                var known = WorkRow.Decode(row.Value);
                if (known.Due <= due && known.Due > time.GetUtcNow())
                    return;
                batch.Replace(key.Key, new WorkRow(item, known.Due < due ? known.Due : due).Encode(), row.ETag);
            }

            if ((await rows.CommitAsync(batch)).Outcome == CommitOutcome.Done)
                return;
        }
    }

    public async Task WakeAsync()
    {
        if ((await rows.ScanAsync(RowRange.All(partition), 1)).Rows.Count == 0)
            return;
        await RegisterAsync();
        _ = DrainBesideCallersAsync(time.GetUtcNow() + options.Promise);
    }

    public Task<int> DrainAsync() => DrainAsync(time.GetUtcNow());

    private Task<int> DrainAsync(DateTimeOffset until)
    {
        var drain = draining ?? DrainAllAsync(until);
        if (!drain.IsCompleted)
            draining = drain;
        return drain;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _ = DrainBesideCallersAsync(time.GetUtcNow()); // a drain may outlast the reminder's call
        return Task.CompletedTask;
    }

    private async Task DrainBesideCallersAsync(DateTimeOffset until)
    {
        try
        {
            await DrainAsync(until);
        }
        catch (Exception failure)
        {
            LogStopped(failure, partition); // the next reminder goes on
        }
    }

    private async Task RegisterAsync()
    {
        try
        {
            await (registered ??= this.RegisterOrUpdateReminder(Reminder, options.Period, options.Period));
        }
        catch (Exception)
        {
            registered = null; // the next caller tries again
            throw;
        }
    }

    private async Task<int> DrainAllAsync(DateTimeOffset until)
    {
        var left = 0;
        try
        {
            for (RowRange? rest = RowRange.All(partition); rest is { } range;)
            {
                var page = await rows.ScanAsync(range, Page);
                foreach (var row in page.Rows)
                {
                    if (!await ResumeAsync(row, until))
                        left++;
                }

                rest = page.Next;
            }
        }
        finally
        {
            draining = null;
        }

        return left;
    }

    /// <summary>Goes on with an item if it is due by then. Returns whether it is finished and forgotten.</summary>
    private async Task<bool> ResumeAsync(Row row, DateTimeOffset until)
    {
        WorkRow work;
        DateTimeOffset? next;
        try
        {
            work = WorkRow.Decode(row.Value);
            if (work.Due > until)
                return false;
            next = await WorkItem.GrainOf(GrainFactory, work.Item).ResumeAsync();
        }
        catch (Exception failure)
        {
            LogPutOff(failure, row.Key); // the item stays due; the others must not wait for it
            return false;
        }

        // A conflict means that work was added meanwhile: the item stays as it is now.
        var batch = new RowBatch(partition);
        batch = next is { } due ? batch.Replace(row.Key, (work with { Due = due }).Encode(), row.ETag) : batch.Delete(row.Key, row.ETag);
        var result = await rows.CommitAsync(batch);
        return next is null && result.Outcome == CommitOutcome.Done;
    }
}
