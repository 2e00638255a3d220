namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// One batch on its way: a plain request for a single operation, else an entity group transaction. After a request without
/// a reply nothing is certain: a condition that then fails may have met our own write, which the rows' commit id proves.
/// </summary>
internal sealed class RowCommit(TableRequests requests, AzureCalls calls, AzureRowStore rows, RowBatch batch)
{
    // Deletions without a condition of rows that are not there: fine for the port, an error for the service.
    private readonly HashSet<int> absent = [];
    private bool doubt;

    public async ValueTask<CommitResult> RunAsync(CancellationToken cancellationToken)
    {
        var attempt = 0;
        while (true)
        {
            var live = FindLive();
            var (etags, failure) = await SendAsync(live, cancellationToken);
            if (failure is null)
                return CommitResult.Done(etags!);
            if (failure.Kind == FailureKind.Condition && (uint)failure.Index < (uint)live.Length)
            {
                var index = live[failure.Index];
                if (doubt && await FindOwnAsync(cancellationToken) is { } landed)
                    return landed;
                if (failure.Status == 404 && IsFreeDeletion(index))
                {
                    if (!await TryFindAbsentAsync(index, cancellationToken))
                        return CommitResult.Unknown;
                    continue;
                }

                return doubt ? CommitResult.Unknown : CommitResult.Conflict(index);
            }

            doubt |= failure.Kind is FailureKind.Doubt or FailureKind.Condition; // a condition, and it is not said which
            if (await calls.MayRepeatAsync(failure, attempt++, cancellationToken))
                continue;
            if (doubt)
                return CommitResult.Unknown;
            cancellationToken.ThrowIfCancellationRequested();
            throw failure.ToException();
        }
    }

    private int[] FindLive() => [.. Enumerable.Range(0, batch.Operations.Count).Where(i => !absent.Contains(i))];

    private ValueTask<(ETag[]? ETags, Failure? Failure)> SendAsync(int[] live, CancellationToken cancellationToken)
    {
        if (live.Length == 0)
            return new((new ETag[batch.Operations.Count], null));
        // A deletion has no content, so the HTTP client may repeat it by itself and meet its own work unseen: where that
        // would matter it goes as a transaction.
        return live.Length == 1 && batch.Operations[live[0]] is not { Kind: RowOperationKind.Delete, ETag: not null }
            ? calls.WriteAsync(OperationKind.RowWrite, static (at, token) => at.requests.WriteAsync(at.batch, at.index, token), (requests, batch, index: live[0]), cancellationToken)
            : calls.WriteAsync(OperationKind.RowBatch, static (at, token) => at.requests.WriteAllAsync(at.batch, at.live, token), (requests, batch, live), cancellationToken);
    }

    private bool IsFreeDeletion(int index) => batch.Operations[index] is { Kind: RowOperationKind.Delete, ETag: null };

    private async ValueTask<CommitResult?> FindOwnAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CommitProof.FindAsync(rows, batch, cancellationToken);
        }
        catch (Exception trouble) when (trouble is StorageException or OperationCanceledException)
        {
            return null; // nothing is proven
        }
    }

    // False: they could not be looked for, and an earlier attempt may have been carried out.
    private async ValueTask<bool> TryFindAbsentAsync(int known, CancellationToken cancellationToken)
    {
        try
        {
            await FindAbsentAsync(known, cancellationToken);
            return true;
        }
        catch (Exception trouble) when (doubt && trouble is StorageException or OperationCanceledException)
        {
            return false;
        }
    }

    // The service names one missing row at a time; all others are looked for at once.
    private async ValueTask FindAbsentAsync(int known, CancellationToken cancellationToken)
    {
        absent.Add(known);
        var others = Enumerable.Range(0, batch.Operations.Count).Where(i => IsFreeDeletion(i) && !absent.Contains(i)).ToArray();
        var found = await Task.WhenAll(others.Select(i => rows.ExistsAsync(new RowKey(batch.Partition, batch.Operations[i].Key), cancellationToken)));
        for (var i = 0; i < others.Length; i++)
        {
            if (!found[i])
                absent.Add(others[i]);
        }
    }
}
