using System.Collections.Concurrent;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// The connections that read. A read runs on its caller's thread: from the page cache it costs a few microseconds, less
/// than waking another thread. When all connections are taken, callers wait without blocking.
/// </summary>
internal sealed class ReaderPool : IDisposable
{
    private readonly ConcurrentStack<Reader> free;
    private readonly SemaphoreSlim available;

    public ReaderPool(IEnumerable<Reader> readers)
    {
        free = new ConcurrentStack<Reader>(readers);
        available = new SemaphoreSlim(free.Count);
    }

    public async ValueTask<TResult> RunAsync<TArgument, TResult>(
        Func<Reader, TArgument, TResult> read, TArgument argument, CancellationToken cancellationToken)
    {
        await available.WaitAsync(cancellationToken);
        free.TryPop(out var reader);
        try
        {
            return read(reader!, argument);
        }
        catch (SqliteException e)
        {
            throw e.ToStorageException();
        }
        finally
        {
            free.Push(reader!);
            available.Release();
        }
    }

    public void Dispose()
    {
        foreach (var reader in free)
            reader.Dispose();
        available.Dispose();
    }
}
