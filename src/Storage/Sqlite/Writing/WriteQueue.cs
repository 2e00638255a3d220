namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// What waits for the writer, first come, first served. Callers wait for room without blocking; the writer blocks its
/// own thread and is woken directly, without a detour over the thread pool.
/// </summary>
internal sealed class WriteQueue(SqliteOptions options) : IDisposable
{
    private readonly SemaphoreSlim room = new(options.QueueLength);
    private readonly Queue<WriteRequest> waiting = new();
    private readonly object gate = new();
    private bool closed;

    /// <exception cref="StorageException">There was no room for as long as a write may take, or the store is closed.</exception>
    public async ValueTask AddAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        if (!await room.WaitAsync(options.WriteTimeout, cancellationToken))
            throw new StorageException("too many writes are waiting");
        lock (gate)
        {
            if (closed)
            {
                room.Release(); // for the next who waits, to learn the same
                throw new StorageException("the store is closed");
            }

            waiting.Enqueue(request);
            if (waiting.Count == 1)
                Monitor.Pulse(gate);
        }
    }

    /// <summary>Fills <paramref name="group"/> with what waits, within the limits of a group; blocks while nothing does. False: closed and empty.</summary>
    public bool Take(List<WriteRequest> group)
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (closed)
                    return false;
                Monitor.Wait(gate);
            }

            var size = 0L;
            var taken = 0;
            while (group.Count < options.GroupLength && waiting.TryPeek(out var next)
                && (taken == 0 || size + next.Size <= options.GroupSize))
            {
                waiting.Dequeue();
                taken++;
                size += next.Size;
                if (next.TryTake())
                    group.Add(next);
            }

            room.Release(taken);
            return true;
        }
    }

    /// <summary>Takes nothing more; what waits is still done.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Monitor.Pulse(gate);
        }
    }
}
