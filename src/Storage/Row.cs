namespace Orleans.Mail.Storage;

/// <summary>A row as it was read.</summary>
/// <param name="Key">Its key inside the partition.</param>
/// <param name="ETag">Its version.</param>
/// <param name="Commit">The commit that wrote it last.</param>
/// <param name="Value">Its record (<see cref="RecordReader"/>).</param>
public sealed record Row(string Key, ETag ETag, CommitId Commit, ReadOnlyMemory<byte> Value);

/// <summary>Keys of one partition from <paramref name="From"/> (inclusive) up to <paramref name="Before"/> (exclusive), in ordinal order.</summary>
public readonly record struct RowRange(string Partition, string From, string Before)
{
    /// <summary>All keys of a partition.</summary>
    public static RowRange All(string partition) => new(partition, "", KeyText.AfterAll);

    /// <summary>The keys that begin with <paramref name="prefix"/>.</summary>
    public static RowRange Prefix(string partition, string prefix) => new(partition, prefix, prefix + KeyText.AfterAll);

    /// <summary>What is left of the range after <paramref name="key"/>.</summary>
    public RowRange After(string key) => this with { From = KeyText.Successor(key) };
}

/// <summary>A page of rows: a snapshot, in key order.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">What is left to scan; null at the end.</param>
public sealed record RowPage(IReadOnlyList<Row> Rows, RowRange? Next);

/// <summary>Partitions from <paramref name="From"/> (inclusive) up to <paramref name="Before"/> (exclusive).</summary>
public readonly record struct PartitionRange(string From, string Before)
{
    /// <summary>The partitions that begin with <paramref name="prefix"/>.</summary>
    public static PartitionRange Prefix(string prefix) => new(prefix, prefix + KeyText.AfterAll);
}

/// <param name="Partitions">In ordinal order.</param>
/// <param name="Next">What is left to scan; null at the end.</param>
public sealed record PartitionPage(IReadOnlyList<string> Partitions, PartitionRange? Next);
