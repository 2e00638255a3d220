namespace Orleans.Mail.Storage;

/// <summary>What an operation does, and on which condition.</summary>
public enum RowOperationKind
{
    /// <summary>Writes a row that must not exist.</summary>
    Insert,

    /// <summary>Writes a row that must exist with the given ETag.</summary>
    Replace,

    /// <summary>Writes a row whether it exists or not.</summary>
    Upsert,

    /// <summary>Deletes a row: with an ETag it must exist with it; without one, a missing row is fine.</summary>
    Delete,
}

public readonly record struct RowOperation(RowOperationKind Kind, string Key, ReadOnlyMemory<byte> Value, ETag? ETag);

/// <summary>
/// Writes of one partition that happen all or not at all. The limits of <see cref="StoreLimits"/> and the rule of one
/// operation per key are enforced while it is built: breaking them is a bug, <see cref="ArgumentException"/>.
/// </summary>
public sealed class RowBatch
{
    private readonly List<RowOperation> operations = [];
    private readonly List<BodyRef> requires = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private long length;

    public RowBatch(string partition)
    {
        if (!KeyText.IsValid(partition))
            throw new ArgumentException($"'{partition}' is no partition name", nameof(partition));
        Partition = partition;
    }

    /// <summary>The id that the rows of this batch will carry.</summary>
    public CommitId Id { get; } = CommitId.New();

    public string Partition { get; }

    public IReadOnlyList<RowOperation> Operations => operations;

    /// <summary>
    /// Bodies that become durable not later than this batch; the batch fails when one cannot. A store whose bodies are
    /// durable when they are put looks only for shared ones (<see cref="BodyRef.Shared"/>): nobody else lets the others go.
    /// </summary>
    public IReadOnlyList<BodyRef> Requires => requires;

    /// <summary>Octets of all values.</summary>
    internal long Length => length;

    public RowBatch Insert(string key, ReadOnlyMemory<byte> value) => Add(new(RowOperationKind.Insert, key, value, null));

    public RowBatch Replace(string key, ReadOnlyMemory<byte> value, ETag etag) => Add(new(RowOperationKind.Replace, key, value, etag));

    public RowBatch Upsert(string key, ReadOnlyMemory<byte> value) => Add(new(RowOperationKind.Upsert, key, value, null));

    public RowBatch Delete(string key, ETag? etag = null) => Add(new(RowOperationKind.Delete, key, default, etag));

    public RowBatch Require(BodyRef body)
    {
        requires.Add(body);
        return this;
    }

    private RowBatch Add(RowOperation operation)
    {
        if (!KeyText.IsValid(operation.Key))
            throw new ArgumentException($"'{operation.Key}' is no key", nameof(operation));
        if (!keys.Add(operation.Key))
            throw new ArgumentException($"'{operation.Key}' stands twice in a batch", nameof(operation));
        if (operation.Value.Length > StoreLimits.ValueLength)
            throw new ArgumentException($"'{operation.Key}' has {operation.Value.Length} octets", nameof(operation));
        length += operation.Value.Length;
        if (operations.Count == StoreLimits.BatchOperations || length > StoreLimits.BatchLength)
            throw new ArgumentException("the batch is full", nameof(operation));
        operations.Add(operation);
        return this;
    }
}
