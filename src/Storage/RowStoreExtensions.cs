namespace Orleans.Mail.Storage;

/// <summary>Ways to use a row store that every backend shares.</summary>
public static class RowStoreExtensions
{
    /// <summary>
    /// Commits, and settles an unknown outcome by committing the same batch once more: writes are done in order, so the
    /// repetition comes after the first attempt, and what it meets tells whether that one took place.
    /// </summary>
    /// <returns>Done, Conflict or BodyMissing.</returns>
    /// <exception cref="StorageException">The outcome stays unknown.</exception>
    public static async ValueTask<CommitResult> CommitSettledAsync(
        this IRowStore store, RowBatch batch, CancellationToken cancellationToken)
    {
        var result = await store.CommitAsync(batch, cancellationToken);
        if (result.Outcome != CommitOutcome.Unknown)
            return result;
        result = await store.CommitAsync(batch, cancellationToken);
        if (result.Outcome == CommitOutcome.Unknown)
            throw new StorageException($"whether commit {batch.Id.Value:x} took place stays unknown");
        if (result.Outcome != CommitOutcome.Conflict)
            return result;
        return await ReadBackAsync(store, batch, result.Index, cancellationToken) is { } etag
            ? CommitResult.Done([.. Enumerable.Repeat(etag, batch.Operations.Count)])
            : result;
    }

    // The operation that met a conflict met our own first attempt when its row carries our id, or is gone as we wanted.
    private static async ValueTask<ETag?> ReadBackAsync(
        IRowStore store, RowBatch batch, int index, CancellationToken cancellationToken)
    {
        var operation = batch.Operations[index];
        var row = await store.ReadAsync(new RowKey(batch.Partition, operation.Key), cancellationToken);
        if (row is null)
            return operation.Kind == RowOperationKind.Delete ? default(ETag) : null;
        return row.Commit == batch.Id ? row.ETag : null;
    }
}
