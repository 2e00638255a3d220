using System.IO.Pipelines;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// The embedded store as another process may see it, whether or not the store is open in one: it reads what is
/// committed, and writing throws <see cref="NotSupportedException"/>.
/// </summary>
public sealed class StoreReader : IAsyncDisposable
{
    private const long CacheSize = 8 * 1024 * 1024;

    private readonly ReaderPool readers;

    private StoreReader(ReaderPool readers, BodyFiles files)
    {
        this.readers = readers;
        Rows = new RowsToRead(readers);
        Bodies = new BodiesToRead(readers, files);
    }

    public IRowStore Rows { get; }

    public IBodyStore Bodies { get; }

    /// <exception cref="StorageException">There is no store, or it cannot be read.</exception>
    public static StoreReader Open(string folder)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            BackupFolder.Open(folder).Dispose();
            var database = Database.OpenToRead(BackupFolder.DatabaseOf(folder), CacheSize);
            return new StoreReader(new ReaderPool([new Reader(database)]), new BodyFiles(folder));
        }
        catch (SqliteException e)
        {
            throw e.ToStorageException();
        }
    }

    public ValueTask DisposeAsync() => readers.DisposeAsync();

    private static NotSupportedException ReadOnly() => new("the store was opened to be read");

    private sealed class RowsToRead(ReaderPool readers) : IRowStore
    {
        public ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
            readers.RunAsync(static (reader, key) => reader.ReadRow(key), key, cancellationToken);

        public ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken) =>
            readers.RunAsync(static (reader, scan) => reader.ScanRows(scan.range, scan.limit), (range, limit), cancellationToken);

        public ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken) =>
            readers.RunAsync(static (reader, scan) => reader.ScanPartitions(scan.range, scan.limit), (range, limit), cancellationToken);

        public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) => throw ReadOnly();
    }

    private sealed class BodiesToRead(ReaderPool readers, BodyFiles files) : IBodyStore
    {
        public async ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
        {
            var id = (long)body.Low;
            if (body.Place == BodyPlace.File)
            {
                try
                {
                    return files.OpenRead(id, range);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new StorageException($"body {id} cannot be read", e);
                }
            }

            return await readers.RunAsync(static (reader, part) => reader.ReadBody(part.id, part.range), (id, range), cancellationToken)
                ?? throw new StorageException($"body {id} is not there");
        }

        public ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken) => throw ReadOnly();

        public ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken) => throw ReadOnly();

        public ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken) => throw ReadOnly();

        public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken) => throw ReadOnly();
    }
}
