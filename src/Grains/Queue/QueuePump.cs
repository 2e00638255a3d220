using System.Diagnostics;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Brings what is due from the rows into memory, lane by lane, as far as the window has room.</summary>
/// <param name="shard">The shard.</param>
/// <param name="wakeAt">Calls <see cref="Run"/> at a time, if that is soon.</param>
internal sealed class QueuePump(QueueShard shard, Action<DateTimeOffset> wakeAt)
{
    /// <summary>What must be left of a claim when a message is finished.</summary>
    public static readonly TimeSpan LeastClaim = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Upkeep = TimeSpan.FromSeconds(30);

    private const int Page = 256;
    private const int PurgePage = 64;
    private const int PurgeWidth = 4;
    private const int ReadWidth = 16;

    private readonly PriorityQueue<QueueItem, DateTimeOffset> rests = new();
    private readonly FeedRefills refills = new(shard);
    private readonly List<Row> due = [];
    private DateTimeOffset renewed;
    private DateTimeOffset restarted;
    private Task running = Task.CompletedTask;
    private bool pumping;
    private bool again;
    private bool roomWanted;

    private DateTimeOffset Now => shard.Services.Time.GetUtcNow();

    /// <summary>Something is due at a time.</summary>
    public void Wake(DateTimeOffset at)
    {
        if (at <= Now)
            Run();
        else
            wakeAt(at);
    }

    /// <summary>Looks for what is due, beside the callers. It never fails: its faults are logged, and it comes again.</summary>
    public void Run()
    {
        again = true;
        if (!pumping)
            running = RunAsync();
    }

    /// <summary>Waits until what is due has been looked at.</summary>
    public Task IdleAsync() => running;

    /// <summary>An entry has left the memory.</summary>
    public void RoomFreed()
    {
        if (roomWanted)
            Run();
    }

    /// <summary>Keeps an entry in memory without an attempt until a time; one of which an operator wants something does not wait for that.</summary>
    public void Rest(QueueItem item, DateTimeOffset until)
    {
        if (item.State == ItemState.Gone)
            return;
        if (item.Wish is not null && shard.IsOurs(item))
        {
            _ = shard.GiveBackAsync(item);
            return;
        }

        item.State = ItemState.Resting;
        rests.Enqueue(item, until);
        wakeAt(until);
    }

    /// <summary>Brings what was left in the store of a destination for which there was no room.</summary>
    public void Refill(QueuePartition partition, DestinationFeed feed)
    {
        refills.Add(partition, feed);
        Run();
    }

    /// <summary>Reads all due times again, for those that other activations wrote.</summary>
    public void Restart()
    {
        if (Now - restarted >= shard.Services.Options.Period)
            RestartCursors();
        Run();
    }

    private void RestartCursors()
    {
        restarted = Now;
        foreach (var partition in shard.Partitions)
            partition.Restart();
    }

    /// <summary>The earliest time at which something is to be done; null when nothing waits.</summary>
    public DateTimeOffset? Earliest()
    {
        DateTimeOffset? earliest = null;
        foreach (var partition in shard.Partitions)
        {
            foreach (var cursor in partition.Cursors)
            {
                if (cursor.Next is { } next && IsServed(cursor.Lane) && !(next >= earliest))
                    earliest = next;
            }

            foreach (var item in partition.Items.Values)
            {
                if (!(item.Row.Due >= earliest))
                    earliest = item.Row.Due;
            }
        }

        return earliest;
    }

    private async Task RunAsync()
    {
        pumping = true;
        Activity.Current = null; // no part of the trace of whoever started it
        while (again && !shard.IsStopped)
        {
            again = false;
            await Task.Yield(); // callers go first, and what several of them ask for is looked at once
            roomWanted = false;
            EndRests();
            RenewClaims();
            await refills.RunAsync();
            foreach (var partition in shard.Partitions.ToArray())
            {
                foreach (var cursor in partition.Cursors)
                {
                    // What is asked for during the wait must not be forgotten.
                    if (!(cursor.Next <= Now) || !IsServed(cursor.Lane))
                        continue;
                    if (await ReadSafelyAsync(partition, cursor))
                        again = true;
                    await Task.Yield(); // a store nearby answers at once, and others have turns to take
                }
            }
        }

        pumping = false;
        WakeForNext();
    }

    private bool IsServed(char lane) => lane switch
    {
        DueLane.User or DueLane.Notice or DueLane.List or DueLane.Retry => shard.Services.Relay is not null,
        DueLane.Report => shard.Services.Reports is not null,
        _ => true,
    };

    private void WakeForNext()
    {
        var now = Now;
        if (shard.Window.Count > 0)
            wakeAt(now + Upkeep);
        foreach (var partition in shard.Partitions)
        {
            foreach (var cursor in partition.Cursors)
            {
                if (cursor.Next is { } next && next > now && IsServed(cursor.Lane))
                    wakeAt(next);
            }
        }

        if (rests.TryPeek(out _, out var until))
            wakeAt(until);
    }

    private void EndRests()
    {
        var now = Now;
        while (rests.TryPeek(out var item, out var until) && until <= now)
        {
            rests.Dequeue();
            if (item.State == ItemState.Resting)
                shard.Dispatch(item);
        }
    }

    /// <summary>Attempts that take long keep their claims.</summary>
    private void RenewClaims()
    {
        var now = Now;
        if (now - renewed < Upkeep / 2)
            return;
        renewed = now;
        foreach (var partition in shard.Partitions)
        {
            foreach (var item in partition.Items.Values)
            {
                if (item is { State: ItemState.Busy, Renewal: null } && shard.IsOurs(item) && item.Row.Claim!.Until - now <= shard.Services.Options.ClaimTime / 2)
                    shard.Renew(item);
            }
        }
    }

    private async ValueTask<bool> ReadSafelyAsync(QueuePartition partition, LaneCursor cursor)
    {
        try
        {
            return cursor.Lane == DueLane.Purge ? await PurgeAsync(partition, cursor) : await ReadAsync(partition, cursor);
        }
        catch (Exception failure)
        {
            shard.LogNotPumped(failure, partition.Name);
            cursor.End(Now + QueueShard.Rest);
            return false;
        }
    }

    /// <summary>Reads a page of a lane. True when there may be more that is due.</summary>
    private async ValueTask<bool> ReadAsync(QueuePartition partition, LaneCursor cursor)
    {
        var share = QueueWindow.ShareOf(cursor.Lane);
        var room = Math.Min(shard.Window.RoomOf(share), Page);
        if (room <= 0)
        {
            roomWanted = true;
            return false;
        }

        var now = Now;
        var page = await partition.ScanAsync(cursor.Begin(), room);
        DateTimeOffset? next = page.Next is null ? null : now;
        due.Clear();
        foreach (var row in page.Rows)
        {
            var time = QueueKeys.TimeOf(row.Key);
            if (time > now)
            {
                next = time;
                break;
            }

            cursor.Pass(row.Key);
            if (!IsSkipped(partition, share, Encoding.ASCII.GetString(row.Value.Span)))
                due.Add(row);
        }

        var rows = due.ToArray();
        await InParallel.ForEachAsync(rows, ReadWidth, row => LoadAsync(partition, share, row));
        cursor.End(next);
        return cursor.Next <= now;
    }

    /// <summary>What is in memory already, or of a destination that has enough there.</summary>
    private bool IsSkipped(QueuePartition partition, WindowShare share, string key)
    {
        if (partition.Items.ContainsKey(key))
            return true;
        if (!partition.Feeds.TryGetValue(QueueKeys.DestinationOf(key), out var feed) || share == WindowShare.Report || shard.Window.HasRoom(share, feed.Count))
            return false;
        feed.Skip();
        return true;
    }

    /// <summary>Brings an entry into memory, if its due time is still what it stands for.</summary>
    private async Task LoadAsync(QueuePartition partition, WindowShare share, Row dueRow)
    {
        var key = Encoding.ASCII.GetString(dueRow.Value.Span);
        try
        {
            var row = await partition.ReadAsync(key);
            if (partition.Items.ContainsKey(key))
                return;
            if (row is null || QueueRow.Decode(row.Value) is not { } known || QueueKeys.DueOf(known.Lane, known.Due, key) != dueRow.Key)
                await partition.DropAsync(dueRow); // the entry has moved on since: only its own due time counts
            else if (known.Entry is null)
                await partition.Writer.WriteAsync(new RowWrite(key, QueueKeys.HashOf(key), known, row.ETag, null));
            else
                shard.Dispatch(shard.Enter(partition, key, known, row.ETag, share));
        }
        catch (Exception failure)
        {
            shard.LogNotServed(failure, key);
            partition.Touch(dueRow.Key, Now + QueueShard.Rest);
        }
    }

    private async ValueTask<bool> PurgeAsync(QueuePartition partition, LaneCursor cursor)
    {
        var now = Now;
        var page = await partition.ScanAsync(cursor.Begin(), PurgePage);
        DateTimeOffset? next = page.Next is null ? null : now;
        var old = new List<Row>(page.Rows.Count);
        foreach (var row in page.Rows)
        {
            var time = QueueKeys.TimeOf(row.Key);
            if (time > now)
            {
                next = time;
                break;
            }

            old.Add(row);
        }

        await InParallel.ForEachAsync(old, PurgeWidth, partition.PurgeAsync);
        if (old.Count > 0)
            cursor.Pass(old[^1].Key);
        cursor.End(next);
        return cursor.Next <= now;
    }
}
