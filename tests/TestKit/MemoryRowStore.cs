using System.Globalization;
using Orleans.Mail.Storage;

namespace Orleans.Mail.TestKit;

/// <summary>Rows in memory, with the port's true semantics: conditions, order, pages, required bodies and limits.</summary>
public sealed class MemoryRowStore(MemoryBodyStore bodies) : IRowStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, SortedList<string, Row>> partitions = new(StringComparer.Ordinal);
    private long version;
    private int commits;

    /// <summary>Batches that were written.</summary>
    public int Commits => Volatile.Read(ref commits);

    public ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
            return ValueTask.FromResult(Find(key.Partition, key.Key));
    }

    public ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckLimit(limit);
        lock (gate)
        {
            if (!partitions.TryGetValue(range.Partition, out var rows))
                return ValueTask.FromResult(new RowPage(Array.Empty<Row>(), null));
            var found = new List<Row>();
            for (var i = FirstFrom(rows.Keys, range.From); i < rows.Count && IsBefore(rows.Keys[i], range.Before); i++)
            {
                if (found.Count == limit)
                    return ValueTask.FromResult(new RowPage(found, range.After(found[^1].Key)));
                found.Add(rows.Values[i]);
            }

            return ValueTask.FromResult(new RowPage(found, null));
        }
    }

    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (bodies.FindMissing(batch.Requires) is { } missing)
                return ValueTask.FromResult(CommitResult.BodyMissing(missing));
            for (var i = 0; i < batch.Operations.Count; i++)
            {
                if (!Holds(batch.Partition, batch.Operations[i]))
                    return ValueTask.FromResult(CommitResult.Conflict(i));
            }

            bodies.MakeDurable(batch.Requires);
            var etags = new ETag[batch.Operations.Count];
            for (var i = 0; i < etags.Length; i++)
                etags[i] = Write(batch, batch.Operations[i]);
            commits++;
            return ValueTask.FromResult(CommitResult.Done(etags));
        }
    }

    public ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckLimit(limit);
        lock (gate)
        {
            var found = partitions.Keys
                .Where(name => !IsBefore(name, range.From) && IsBefore(name, range.Before))
                .Take(limit + 1)
                .ToList();
            if (found.Count <= limit)
                return ValueTask.FromResult(new PartitionPage(found, null));
            found.RemoveAt(limit);
            return ValueTask.FromResult(new PartitionPage(found, range with { From = found[^1] + " " }));
        }
    }

    /// <summary>All keys of a partition in order.</summary>
    public IReadOnlyList<string> KeysOf(string partition)
    {
        lock (gate)
            return partitions.TryGetValue(partition, out var rows) ? [.. rows.Keys] : [];
    }

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageRows);
    }

    private static bool IsBefore(string left, string right) => string.CompareOrdinal(left, right) < 0;

    private static int FirstFrom(IList<string> keys, string from)
    {
        int low = 0, high = keys.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (IsBefore(keys[middle], from))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private Row? Find(string partition, string key) =>
        partitions.TryGetValue(partition, out var rows) ? rows.GetValueOrDefault(key) : null;

    private bool Holds(string partition, RowOperation operation)
    {
        var row = Find(partition, operation.Key);
        return operation.Kind switch
        {
            RowOperationKind.Insert => row is null,
            RowOperationKind.Replace => row is not null && row.ETag == operation.ETag,
            RowOperationKind.Delete when operation.ETag is { } expected => row is not null && row.ETag == expected,
            _ => true,
        };
    }

    private ETag Write(RowBatch batch, RowOperation operation)
    {
        if (operation.Kind == RowOperationKind.Delete)
        {
            if (partitions.TryGetValue(batch.Partition, out var rest) && rest.Remove(operation.Key) && rest.Count == 0)
                partitions.Remove(batch.Partition);
            return default;
        }

        if (!partitions.TryGetValue(batch.Partition, out var rows))
            partitions.Add(batch.Partition, rows = new SortedList<string, Row>(StringComparer.Ordinal));
        var etag = new ETag((++version).ToString(CultureInfo.InvariantCulture));
        rows[operation.Key] = new Row(operation.Key, etag, batch.Id, operation.Value.ToArray());
        return etag;
    }
}
