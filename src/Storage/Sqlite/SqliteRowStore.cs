namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Rows in the embedded database.</summary>
public sealed class SqliteRowStore : IRowStore
{
    private readonly GroupWriter writer;
    private readonly ReaderPool readers;

    internal SqliteRowStore(GroupWriter writer, ReaderPool readers)
    {
        this.writer = writer;
        this.readers = readers;
    }

    public ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        readers.RunAsync(static (reader, key) => reader.ReadRow(key), key, cancellationToken);

    public ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return readers.RunAsync(
            static (reader, scan) => reader.ScanRows(scan.range, scan.limit), (range, limit), cancellationToken);
    }

    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) =>
        writer.RunAsync(new CommitRequest(batch), cancellationToken);

    public ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return readers.RunAsync(
            static (reader, scan) => reader.ScanPartitions(scan.range, scan.limit), (range, limit), cancellationToken);
    }

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageRows);
    }
}
