namespace Orleans.Mail.Storage;

/// <summary>Small records, ordered by key inside a partition. Every method throws <see cref="StorageException"/> when the store is in trouble.</summary>
public interface IRowStore
{
    /// <summary>The row, or null.</summary>
    ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken);

    /// <summary>Rows of one partition in key order. A page is a snapshot, a scan of several pages is not. A page of large rows may end before its limit: only <see cref="RowPage.Next"/> tells the end.</summary>
    /// <param name="range">What to scan.</param>
    /// <param name="limit">1 to <see cref="StoreLimits.PageRows"/> rows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken);

    /// <summary>Writes a batch, all or nothing, durably.</summary>
    ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken);

    /// <summary>Names of partitions in order. For maintenance only: it may be slow.</summary>
    ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken);
}
