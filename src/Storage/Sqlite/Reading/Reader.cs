namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A connection that reads. Each call is one read transaction that ends before it returns.</summary>
internal sealed class Reader : IDisposable
{
    /// <summary>Octets of values after which a page ends early.</summary>
    private const int PageLength = 4 * 1024 * 1024;

    private readonly Database database;
    private readonly Statement readRow;
    private readonly Statement scanRows;
    private readonly Statement nextPartition;
    private readonly Statement readBody;
    private readonly Statement bodyExists;
    private readonly Statement scanBodies;

    public Reader(Database database)
    {
        this.database = database;
        database.Execute("PRAGMA query_only = ON");
        readRow = database.Prepare("SELECT etag, value FROM row WHERE partition = ?1 AND key = ?2");
        scanRows = database.Prepare(
            "SELECT key, etag, value FROM row WHERE partition = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4");
        nextPartition = database.Prepare(
            "SELECT partition FROM row WHERE partition >= ?1 AND partition < ?2 ORDER BY partition LIMIT 1");
        readBody = database.Prepare("SELECT bytes FROM body WHERE id = ?1");
        bodyExists = database.Prepare("SELECT 1 FROM body WHERE id = ?1");
        scanBodies = database.Prepare(
            "SELECT id, size, created, holder, bytes IS NULL FROM body WHERE id > ?1 ORDER BY id LIMIT ?2");
    }

    public Row? ReadRow(RowKey key)
    {
        readRow.Bind(1, key.Partition).Bind(2, key.Key);
        try
        {
            return readRow.Step() ? ToRow(key.Key, readRow.Number(0), readRow.Blob(1)) : null;
        }
        finally
        {
            readRow.Reset();
        }
    }

    public RowPage ScanRows(RowRange range, int limit)
    {
        var rows = new List<Row>();
        var length = 0;
        scanRows.Bind(1, range.Partition).Bind(2, range.From).Bind(3, range.Before).Bind(4, limit + 1);
        try
        {
            while (scanRows.Step())
            {
                if (rows.Count == limit || length >= PageLength)
                    return new RowPage(rows, range.After(rows[^1].Key));
                var row = ToRow(scanRows.Text(0), scanRows.Number(1), scanRows.Blob(2));
                length += row.Value.Length;
                rows.Add(row);
            }

            return new RowPage(rows, null);
        }
        finally
        {
            scanRows.Reset();
        }
    }

    // The rows of a partition are jumped over: each step is one seek.
    public PartitionPage ScanPartitions(PartitionRange range, int limit)
    {
        var partitions = new List<string>();
        while (NextPartition(range) is { } partition)
        {
            if (partitions.Count == limit)
                return new PartitionPage(partitions, range);
            partitions.Add(partition);
            range = range with { From = KeyText.Successor(partition) };
        }

        return new PartitionPage(partitions, null);
    }

    /// <summary>The body's bytes; null when it is not there or is a file.</summary>
    public Stream? ReadBody(long id, BodyRange range)
    {
        readBody.Bind(1, id);
        try
        {
            return readBody.Step() && !readBody.IsNull(0) ? PooledBodyStream.Copy(readBody.Blob(0), range) : null;
        }
        finally
        {
            readBody.Reset();
        }
    }

    public bool BodyExists(long id)
    {
        bodyExists.Bind(1, id);
        try
        {
            return bodyExists.Step();
        }
        finally
        {
            bodyExists.Reset();
        }
    }

    public IReadOnlyList<StoredBody> ScanBodies(long after, int limit)
    {
        var bodies = new List<StoredBody>();
        scanBodies.Bind(1, after).Bind(2, limit);
        try
        {
            while (scanBodies.Step())
                bodies.Add(ToBody());
            return bodies;
        }
        finally
        {
            scanBodies.Reset();
        }
    }

    public void Dispose() => database.Dispose();

    private static Row ToRow(string key, long commit, ReadOnlySpan<byte> value) =>
        new(key, ETags.From(commit), new CommitId(commit), value.ToArray());

    private StoredBody ToBody()
    {
        RowKey? holder = null;
        if (!scanBodies.IsNull(3))
        {
            var parts = scanBodies.Text(3).Split('/', 2);
            holder = new RowKey(parts[0], parts[1]);
        }

        var place = scanBodies.Number(4) == 0 ? BodyPlace.Row : BodyPlace.File;
        var body = new BodyRef(0, (ulong)scanBodies.Number(0), scanBodies.Number(1), place, Shared: false);
        return new StoredBody(body, DateTimeOffset.FromUnixTimeMilliseconds(scanBodies.Number(2)), holder);
    }

    private string? NextPartition(PartitionRange range)
    {
        nextPartition.Bind(1, range.From).Bind(2, range.Before);
        try
        {
            return nextPartition.Step() ? nextPartition.Text(0) : null;
        }
        finally
        {
            nextPartition.Reset();
        }
    }
}
