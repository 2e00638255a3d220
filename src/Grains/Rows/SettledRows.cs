using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The row store as grains use it: every call has a time limit, and a commit ends as done or as refused, never as unknown.
/// </summary>
internal sealed class SettledRows(IRowStore rows, StoreDeadline deadline, IOptions<StoreCallOptions> options)
{
    private readonly int repeats = options.Value.Repeats;

    public async ValueTask<Row?> ReadAsync(RowKey key)
    {
        try
        {
            return await rows.ReadAsync(key, deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new StorageException("a row was not read in time", late);
        }
    }

    public async ValueTask<RowPage> ScanAsync(RowRange range, int limit)
    {
        try
        {
            return await rows.ScanAsync(range, limit, deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new StorageException("a page was not read in time", late);
        }
    }

    /// <summary>
    /// Commits a batch whose first operation is conditional. A lost reply is settled by that operation's row, which
    /// carries the commit's id; then <see cref="CommitResult.ETags"/> holds the first operation's version only.
    /// Throws <see cref="StorageException"/> when the outcome stays unknown.
    /// </summary>
    public async ValueTask<CommitResult> CommitAsync(RowBatch batch)
    {
        var result = await TryAsync(batch);
        for (var repeat = 0; result.Outcome == CommitOutcome.Unknown; repeat++)
        {
            if (await ReadBackAsync(batch) is { } landed)
                return landed;
            if (repeat == repeats)
                throw new StorageException("the outcome of a commit stays unknown");

            // What is lost may still land: the same batch again lands at most once, because its condition then fails.
            result = await TryAsync(batch);
            if (result is { Outcome: CommitOutcome.Conflict, Index: 0 } && await ReadBackAsync(batch) is { } late)
                return late;
        }

        return result;
    }

    private async ValueTask<CommitResult> TryAsync(RowBatch batch)
    {
        try
        {
            return await rows.CommitAsync(batch, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return CommitResult.Unknown;
        }
    }

    private async ValueTask<CommitResult?> ReadBackAsync(RowBatch batch)
    {
        var first = batch.Operations[0];
        var row = await ReadAsync(new RowKey(batch.Partition, first.Key));
        var landed = first.Kind == RowOperationKind.Delete ? row is null : row?.Commit == batch.Id;
        return landed ? CommitResult.Done([row?.ETag ?? default]) : null;
    }
}
