namespace Orleans.Mail.Storage;

/// <summary>Finds out from the rows whether a commit took place whose reply was lost.</summary>
internal static class CommitProof
{
    /// <summary>
    /// Done when a row carries the batch's id, or when the batch only deletes and all its rows are gone; null when nothing is
    /// proven. A row that others have changed since has no ETag in the result, so that it cannot be replaced by it.
    /// </summary>
    public static async ValueTask<CommitResult?> FindAsync(IRowStore rows, RowBatch batch, CancellationToken cancellationToken)
    {
        var etags = new ETag[batch.Operations.Count];
        var (ours, onlyDeletes, left) = (false, true, false);
        for (var i = 0; i < etags.Length; i++)
        {
            var operation = batch.Operations[i];
            var row = await rows.ReadAsync(new RowKey(batch.Partition, operation.Key), cancellationToken);
            onlyDeletes &= operation.Kind == RowOperationKind.Delete;
            left |= row is not null;
            if (row?.Commit != batch.Id)
                continue;
            ours = true;
            etags[i] = row.ETag;
        }

        return ours || (onlyDeletes && !left) ? CommitResult.Done(etags) : null;
    }
}
