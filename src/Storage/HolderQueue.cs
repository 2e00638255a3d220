using System.Diagnostics;

namespace Orleans.Mail.Storage;

/// <summary>
/// Changes to the holders of bodies, in their order: one commit of a body runs at a time, and what comes meanwhile shares
/// the next. Else the hundreds that let go of a list's post at once would fail before each other again and again.
/// </summary>
/// <param name="write">Writes some changes of one body, none of whose holders is in two of them.</param>
internal sealed class HolderQueue(Func<IReadOnlyList<HolderChange>, CancellationToken, Task> write)
{
    private readonly Dictionary<BodyRef, Queue<HolderChange>> lines = [];
    private readonly Lock taking = new();

    /// <summary>Waits until a change is written.</summary>
    /// <exception cref="StorageException">The store is in trouble, or the change's limit has ended: then it may be written all the same.</exception>
    public async ValueTask WriteAsync(HolderChange change)
    {
        bool isFirst;
        lock (taking)
        {
            isFirst = !lines.TryGetValue(change.Body, out var line);
            if (line is null)
                lines.Add(change.Body, line = []);
            line.Enqueue(change);
        }

        if (isFirst)
            _ = Task.Run(() => RunAsync(change.Body), CancellationToken.None); // it is for others, too: not in the turns of the caller's grain
        try
        {
            await change.Written.WaitAsync(change.Limit);
        }
        catch (OperationCanceledException late)
        {
            throw new StorageException($"the holders of body {change.Body.Low:x} were not written in time", late);
        }
    }

    private async Task RunAsync(BodyRef body)
    {
        Activity.Current = null; // no part of the trace of whoever came first
        while (Take(body) is { Count: > 0 } changes)
        {
            try
            {
                await WriteAsync(changes);
                changes.ForEach(static change => change.Succeed());
            }
            catch (Exception failure)
            {
                changes.ForEach(change => change.Fail(failure));
            }
        }
    }

    /// <summary>Tries as long as anybody waits for it.</summary>
    private async Task WriteAsync(List<HolderChange> changes)
    {
        var limit = new CancellationTokenSource();
        var waiting = changes.Count;
        var limits = changes.ConvertAll(change => change.Limit.Register(() =>
        {
            if (Interlocked.Decrement(ref waiting) == 0)
                limit.Cancel();
        }));
        try
        {
            await write(changes, limit.Token);
        }
        finally
        {
            limits.ForEach(static each => each.Unregister());
        }
    }

    private List<HolderChange> Take(BodyRef body)
    {
        lock (taking)
        {
            var line = lines[body];
            var taken = new List<HolderChange>();
            var keys = new HashSet<string>(StringComparer.Ordinal);
            while (line.TryPeek(out var next))
            {
                var isAwaited = !next.Limit.IsCancellationRequested;
                if (isAwaited && (keys.Count + next.Holders.Count > HolderChange.MaxHolders || keys.Overlaps(next.Holders.Keys)))
                    break;
                line.Dequeue();
                if (!isAwaited)
                    continue;
                keys.UnionWith(next.Holders.Keys);
                taken.Add(next);
            }

            if (taken.Count == 0)
                lines.Remove(body);
            return taken;
        }
    }
}
