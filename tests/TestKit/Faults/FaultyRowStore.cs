using Orleans.Mail.Storage;

namespace Orleans.Mail.TestKit.Faults;

/// <summary>A row store that fails on demand.</summary>
public sealed class FaultyRowStore(IRowStore inner) : IRowStore
{
    /// <summary>What happens to commits.</summary>
    public FaultPlan Commits { get; } = new();

    /// <summary>What happens to reads and scans.</summary>
    public FaultPlan Reads { get; } = new();

    public ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(Reads, () => inner.ReadAsync(key, cancellationToken), null, cancellationToken);

    public ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(Reads, () => inner.ScanAsync(range, limit, cancellationToken), null, cancellationToken);

    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(
            Commits, () => inner.CommitAsync(batch, cancellationToken), static () => CommitResult.Unknown, cancellationToken);

    public ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(
            Reads, () => inner.ScanPartitionsAsync(range, limit, cancellationToken), null, cancellationToken);
}
