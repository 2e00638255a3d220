using System.Collections.Concurrent;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// The connections that read. A read runs on its caller's thread: from the page cache it costs a few microseconds, less
/// than waking another thread. When all connections are taken, callers wait without blocking.
/// </summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly ConcurrentStack<Reader> free;
    private readonly SemaphoreSlim available;
    private readonly int count;
    private volatile bool closed;

    /// <summary>How long a caller waits for a connection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public ReaderPool(IEnumerable<Reader> readers)
    {
        free = new ConcurrentStack<Reader>(readers);
        count = free.Count;
        available = new SemaphoreSlim(count);
    }

    public async ValueTask<TResult> RunAsync<TArgument, TResult>(
        Func<Reader, TArgument, TResult> read, TArgument argument, CancellationToken cancellationToken)
    {
        if (!await available.WaitAsync(Patience, cancellationToken))
            throw new StorageException("all readers are busy");
        Reader? reader = null;
        try
        {
            if (closed || !free.TryPop(out reader))
                throw new StorageException("the store is closed");
            return read(reader, argument);
        }
        catch (SqliteException e)
        {
            throw e.ToStorageException();
        }
        finally
        {
            if (reader is not null)
                free.Push(reader);
            available.Release();
        }
    }

    /// <summary>Waits for the reads under way; those that come later are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        for (var i = 0; i < count; i++)
            await available.WaitAsync();
        foreach (var reader in free)
            reader.Dispose();
        available.Release(count);
    }
}
