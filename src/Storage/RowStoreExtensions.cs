namespace Orleans.Mail.Storage;

/// <summary>Ways to use a row store that every backend shares.</summary>
public static class RowStoreExtensions
{
    /// <summary>
    /// Commits, and settles an unknown outcome by committing the same batch once more: a batch with a condition takes place
    /// at most once, and a condition that then fails has met the first attempt where a row carries the batch's id. Nothing
    /// here relies on order: the first attempt may be carried out after the second one, whose write then fails its
    /// condition. A batch of upserts alone has none and may land after what others wrote later: give it one where that matters.
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
        return result.Outcome is CommitOutcome.Conflict or CommitOutcome.BodyMissing
            ? await CommitProof.FindAsync(store, batch, cancellationToken) ?? result
            : result;
    }

    /// <summary>All rows of a range in key order, page by page: what is written meanwhile may be among them. For ranges that are known to be small.</summary>
    internal static async ValueTask<List<Row>> ScanAllAsync(this IRowStore store, RowRange range, CancellationToken cancellationToken)
    {
        var all = new List<Row>();
        for (RowRange? rest = range; rest is { } part;)
        {
            var page = await store.ScanAsync(part, StoreLimits.PageRows, cancellationToken);
            all.AddRange(page.Rows);
            rest = page.Next;
        }

        return all;
    }
}
