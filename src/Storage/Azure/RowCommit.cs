using Azure.Data.Tables;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// One batch on its way: a plain request for a single operation, else an entity group transaction. After a request without
/// a reply nothing is certain: a condition that then fails may have met our own write, which the rows' commit id proves.
/// </summary>
internal sealed class RowCommit
{
    private readonly TableClient table;
    private readonly AzureCalls calls;
    private readonly AzureRowStore rows;
    private readonly RowBatch batch;
    private readonly TableTransactionAction[] actions;

    // Deletions without a condition of rows that are not there: fine for the port, an error for the service.
    private readonly HashSet<int> absent = [];
    private bool doubt;

    public RowCommit(TableClient table, AzureCalls calls, AzureRowStore rows, RowBatch batch)
    {
        this.table = table;
        this.calls = calls;
        this.rows = rows;
        this.batch = batch;
        actions = new TableTransactionAction[batch.Operations.Count];
        for (var i = 0; i < actions.Length; i++)
            actions[i] = RowEntity.ToAction(batch.Partition, batch.Operations[i], batch.Id);
    }

    public async ValueTask<CommitResult> RunAsync(CancellationToken cancellationToken)
    {
        var attempt = 0;
        while (true)
        {
            var live = FindLive();
            var (etags, failure) = await SendAsync(live, cancellationToken);
            if (failure is null)
                return CommitResult.Done(etags!);
            if (failure.Kind == FailureKind.Condition)
            {
                var index = live[failure.Index];
                if (doubt && await FindOwnAsync(cancellationToken) is { } landed)
                    return landed;
                if (failure.Status == 404 && IsFreeDeletion(index))
                {
                    await FindAbsentAsync(index, cancellationToken);
                    continue;
                }

                return doubt ? CommitResult.Unknown : CommitResult.Conflict(index);
            }

            doubt |= failure.Kind == FailureKind.Doubt;
            if (await calls.MayRepeatAsync(failure, attempt++, cancellationToken))
                continue;
            if (doubt)
                return CommitResult.Unknown;
            cancellationToken.ThrowIfCancellationRequested();
            throw failure.ToException();
        }
    }

    private int[] FindLive() => [.. Enumerable.Range(0, actions.Length).Where(i => !absent.Contains(i))];

    private ValueTask<(ETag[]? ETags, Failure? Failure)> SendAsync(int[] live, CancellationToken cancellationToken)
    {
        if (live.Length == 0)
            return new((new ETag[actions.Length], null));
        // A deletion has no content, so the HTTP client may repeat it by itself and meet its own work unseen: where that
        // would matter it goes as a transaction.
        return live.Length == 1 && batch.Operations[live[0]] is not { Kind: RowOperationKind.Delete, ETag: not null }
            ? calls.TryAsync(OperationKind.RowWrite, static (at, token) => at.commit.SendOneAsync(at.index, token), (commit: this, index: live[0]), cancellationToken)
            : calls.TryAsync(OperationKind.RowBatch, static (at, token) => at.commit.SendAllAsync(at.live, token), (commit: this, live), cancellationToken);
    }

    private async Task<ETag[]> SendOneAsync(int index, CancellationToken cancellationToken)
    {
        var action = actions[index];
        var response = await (action.ActionType switch
        {
            TableTransactionActionType.Add => table.AddEntityAsync(action.Entity, cancellationToken),
            TableTransactionActionType.UpdateReplace => table.UpdateEntityAsync(action.Entity, action.ETag, TableUpdateMode.Replace, cancellationToken),
            TableTransactionActionType.UpsertReplace => table.UpsertEntityAsync(action.Entity, TableUpdateMode.Replace, cancellationToken),
            _ => table.DeleteEntityAsync(batch.Partition, batch.Operations[index].Key, cancellationToken: cancellationToken),
        });
        var etags = new ETag[actions.Length];
        etags[index] = response.Headers.ETag is { } etag ? RowEntity.From(etag) : default;
        return etags;
    }

    private async Task<ETag[]> SendAllAsync(int[] live, CancellationToken cancellationToken)
    {
        var sent = live.Length == actions.Length ? actions : live.Select(i => actions[i]);
        var responses = (await table.SubmitTransactionAsync(sent, cancellationToken)).Value;
        var etags = new ETag[actions.Length];
        for (var i = 0; i < responses.Count; i++)
            etags[live[i]] = responses[i].Headers.ETag is { } etag ? RowEntity.From(etag) : default;
        return etags;
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

    // The service names one missing row at a time; all others are looked for at once.
    private async ValueTask FindAbsentAsync(int known, CancellationToken cancellationToken)
    {
        absent.Add(known);
        var others = Enumerable.Range(0, actions.Length).Where(i => IsFreeDeletion(i) && !absent.Contains(i)).ToArray();
        var found = await Task.WhenAll(others.Select(i => rows.ExistsAsync(new RowKey(batch.Partition, batch.Operations[i].Key), cancellationToken)));
        for (var i = 0; i < others.Length; i++)
        {
            if (!found[i])
                absent.Add(others[i]);
        }
    }
}
