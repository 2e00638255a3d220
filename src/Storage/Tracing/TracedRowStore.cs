using System.Diagnostics;

namespace Orleans.Mail.Storage.Tracing;

/// <summary>Spans <c>store.read</c>, <c>store.scan</c> and <c>store.commit</c>, with the partition's kind: its name may be an address.</summary>
internal sealed class TracedRowStore(IRowStore inner) : IRowStore
{
    public async ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        using var span = Start("store.read", key.Partition);
        try
        {
            return await inner.ReadAsync(key, cancellationToken);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public async ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken)
    {
        using var span = Start("store.scan", range.Partition);
        try
        {
            var page = await inner.ScanAsync(range, limit, cancellationToken);
            span?.SetTag("mail.store.rows", page.Rows.Count);
            return page;
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        using var span = Start("store.commit", batch.Partition);
        try
        {
            var result = await inner.CommitAsync(batch, cancellationToken);
            span?.SetTag("mail.store.operations", batch.Operations.Count).SetTag("mail.store.outcome", result.Outcome.ToString());
            return result;
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken) =>
        inner.ScanPartitionsAsync(range, limit, cancellationToken);

    private static Activity? Start(string name, string partition) =>
        StoreTracing.Source.StartActivity(name, ActivityKind.Client)?.SetTag("mail.store.partition", KindOf(partition));

    private static string KindOf(string partition) => partition.IndexOf('!', StringComparison.Ordinal) is > 0 and var end ? partition[..end] : partition;
}
