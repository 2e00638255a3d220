using System.Diagnostics;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Writes of one partition: those that come while a commit runs share the next one, so that under load many entries
/// begin and end in one. One for an activation, whose turns are alone.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="rows">The store.</param>
/// <param name="memory">How long finished entries are remembered.</param>
/// <param name="time">The clock.</param>
/// <param name="written">Told of every write that was done.</param>
internal sealed class PartitionWriter(string partition, SettledRows rows, TimeSpan memory, TimeProvider time, Action<RowWrite> written)
{
    /// <summary>The row that names what ends with the commit is one operation.</summary>
    private const int Operations = StoreLimits.BatchOperations - 1;

    /// <summary>Octets of the rows of one commit.</summary>
    private const int MaxLength = StoreLimits.BatchLength / 2;

    private readonly Queue<RowWrite> waiting = new();
    private readonly List<RowWrite> taken = [];
    private readonly List<string> finished = [];
    private readonly int[] owners = new int[StoreLimits.BatchOperations];
    private bool running;

    /// <summary>Commits a write. Throws <see cref="StorageException"/> when its outcome stays unknown, or nothing was written.</summary>
    public Task<CommitOutcome> WriteAsync(RowWrite write)
    {
        waiting.Enqueue(write);
        if (!running)
            _ = RunAsync(); // it ends every write by a result or an exception, and itself never fails
        return write.Task;
    }

    private async Task RunAsync()
    {
        running = true;
        await Task.Yield(); // what comes in the same turn goes with it: the recipients of one message begin together
        while (waiting.Count > 0)
        {
            try
            {
                Take();
                await CommitTakenAsync();
            }
            catch (Exception failure)
            {
                foreach (var write in taken)
                    write.SetException(failure);
                taken.Clear();
            }
        }

        running = false;
    }

    private void Take()
    {
        taken.Clear();
        var length = 0;
        for (var room = Operations; room >= RowWrite.MaxOperations && waiting.TryPeek(out var next); room -= CountOf(next))
        {
            length += next.Length;
            if (taken.Count > 0 && (length > MaxLength || IsTaken(next.Key)))
                return;
            taken.Add(waiting.Dequeue());
        }
    }

    private static int CountOf(RowWrite write)
    {
        var due = write.DueBefore == write.DueNext ? 0 : (write.DueBefore is null ? 0 : 1) + (write.DueNext is null ? 0 : 1);
        return 1 + due + (write.Before is { Indexed: true } == write.Next is { Indexed: true } ? 0 : 2);
    }

    private bool IsTaken(string key)
    {
        foreach (var write in taken)
        {
            if (write.Key == key)
                return true;
        }

        return false;
    }

    private async ValueTask CommitTakenAsync()
    {
        while (taken.Count > 0)
        {
            if (Plan() is not { } batch)
                continue;
            Activity.Current = taken[0].Caller; // the loop runs on whoever's call began it
            var result = await rows.CommitAsync(batch);
            switch (result.Outcome)
            {
                case CommitOutcome.Done:
                    await EndAsync(result.ETags);
                    return;
                case CommitOutcome.Conflict:
                    Refuse(owners[result.Index], CommitOutcome.Conflict);
                    break;
                default:
                    Refuse(OwnerOfBody(result.Index), CommitOutcome.BodyMissing);
                    break;
            }
        }
    }

    // Null when one of them cannot be written at all: it is taken out, and the others go without it.
    private RowBatch? Plan()
    {
        var batch = new RowBatch(partition);
        finished.Clear();
        for (var i = 0; i < taken.Count; i++)
        {
            var first = batch.Operations.Count;
            try
            {
                taken[i].AddTo(batch);
            }
            catch (ArgumentException failure)
            {
                taken[i].SetException(failure);
                taken.RemoveAt(i);
                return null;
            }

            Array.Fill(owners, i, first, batch.Operations.Count - first);
            if (taken[i].Finishes)
                finished.Add(taken[i].Key);
        }

        if (finished.Count > 0)
            batch.Upsert(QueueKeys.DueOf(DueLane.Purge, time.GetUtcNow() + memory, finished[0]), PurgeRow.Encode(finished));
        return batch;
    }

    private async ValueTask EndAsync(IReadOnlyList<ETag> etags)
    {
        var operation = 0;
        for (var i = 0; i < taken.Count; i++)
        {
            var write = taken[i];
            if (write.Next is not null)
                write.ETag = operation < etags.Count ? etags[operation] : await ReadETagAsync(write.Key);
            operation += CountOf(write);
        }

        // All are told of before any of them goes on.
        foreach (var write in taken)
            written(write);
        foreach (var write in taken)
            write.SetResult(CommitOutcome.Done);
        taken.Clear();
    }

    // After a lost reply only the first version is known. A row that cannot be read is found changed by its next write.
    private async ValueTask<ETag> ReadETagAsync(string key)
    {
        try
        {
            return (await rows.ReadAsync(new RowKey(partition, key)))?.ETag ?? default;
        }
        catch (StorageException)
        {
            return new ETag("");
        }
    }

    private void Refuse(int index, CommitOutcome outcome)
    {
        var write = taken[index];
        taken.RemoveAt(index);
        write.SetResult(outcome);
    }

    private int OwnerOfBody(int required)
    {
        for (var i = 0; i < taken.Count; i++)
        {
            if (taken[i].Requires is not null && required-- == 0)
                return i;
        }

        throw new InvalidOperationException("the store misses a body that no write requires");
    }
}
