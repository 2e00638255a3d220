namespace Orleans.Mail.Storage.Sqlite;

/// <summary>What the writer thread does inside a transaction, and the counters that change with it.</summary>
internal sealed class WriterSession(Database database, PendingBodies pending)
{
    private readonly Statement readETag = database.Prepare("SELECT etag FROM row WHERE partition = ?1 AND key = ?2");
    private readonly Statement writeRow = database.Prepare("REPLACE INTO row VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement deleteRow = database.Prepare("DELETE FROM row WHERE partition = ?1 AND key = ?2");
    private readonly Statement bodyExists = database.Prepare("SELECT 1 FROM body WHERE id = ?1");
    private readonly Statement bodySize = database.Prepare("SELECT size FROM body WHERE id = ?1");
    private readonly Statement insertBody = database.Prepare("INSERT INTO body VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
    private readonly Statement deleteBody = database.Prepare("DELETE FROM body WHERE id = ?1");
    private readonly Statement writeCounters = database.Prepare("UPDATE counter SET bodies = ?1, bytes = ?2, last = ?3");
    private readonly Statement settle = database.Prepare("UPDATE counter SET settled = settled + 1");

    private readonly Statement begin = database.Prepare("BEGIN IMMEDIATE");
    private readonly Statement commit = database.Prepare("COMMIT");
    private readonly Statement rollback = database.Prepare("ROLLBACK");

    private readonly List<long> inserted = [];
    private BodyCounters counters = BodyCounters.Read(database);
    private BodyCounters durable = BodyCounters.Read(database);

    public Database Database => database;

    /// <summary>The counters of the last commit. Read by any thread.</summary>
    public BodyCounters Durable => Volatile.Read(ref durable);

    public void Begin() => begin.Run();

    public void Commit()
    {
        if (counters != durable)
            writeCounters.Bind(1, counters.Bodies).Bind(2, counters.Bytes).Bind(3, counters.Last).Run();
        commit.Run();
        Volatile.Write(ref durable, counters);
        foreach (var body in inserted)
            pending.Remove(body);
        inserted.Clear();
    }

    public void Rollback()
    {
        counters = durable;
        inserted.Clear();
        if (database.InTransaction)
            rollback.Run();
    }

    /// <summary>
    /// After a COMMIT that failed, its pages may stand whole in the log, and a crash would bring them back. A small
    /// transaction takes their place, after which they are certainly gone.
    /// </summary>
    public void Settle()
    {
        Begin();
        settle.Run();
        commit.Run();
    }

    public int? FindMissingBody(RowBatch batch)
    {
        for (var i = 0; i < batch.Requires.Count; i++)
        {
            var id = (long)batch.Requires[i].Low;
            if (!pending.Contains(id) && !Exists(id))
                return i;
        }

        return null;
    }

    public int? FindConflict(RowBatch batch)
    {
        var operations = batch.Operations;
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var holds = operation.Kind switch
            {
                RowOperationKind.Insert => ReadETag(batch.Partition, operation.Key) is null,
                RowOperationKind.Replace or RowOperationKind.Delete when operation.ETag is { } expected =>
                    ReadETag(batch.Partition, operation.Key) is { } commit && ETags.Matches(expected, commit),
                _ => true,
            };
            if (!holds)
                return i;
        }

        return null;
    }

    public CommitResult Write(RowBatch batch)
    {
        foreach (var required in batch.Requires)
        {
            if (pending.Find((long)required.Low) is { } body)
                Insert(body);
        }

        foreach (var operation in batch.Operations)
        {
            if (operation.Kind == RowOperationKind.Delete)
                deleteRow.Bind(1, batch.Partition).Bind(2, operation.Key).Run();
            else
                writeRow.Bind(1, batch.Partition).Bind(2, operation.Key).Bind(3, batch.Id.Value).Bind(4, operation.Value.Span).Run();
        }

        var etags = new ETag[batch.Operations.Count];
        Array.Fill(etags, ETags.From(batch.Id.Value));
        return CommitResult.Done(etags);
    }

    public bool DeleteBody(long id)
    {
        var known = pending.Remove(id);
        bodySize.Bind(1, id);
        try
        {
            if (!bodySize.Step())
                return known;
            counters = counters with { Bodies = counters.Bodies - 1, Bytes = counters.Bytes - bodySize.Number(0) };
        }
        finally
        {
            bodySize.Reset();
        }

        deleteBody.Bind(1, id).Run();
        return true;
    }

    public bool GiveUpBody(long id) => !inserted.Contains(id) && pending.Remove(id);

    private void Insert(PendingBody body)
    {
        insertBody.Bind(1, body.Id).Bind(2, body.Size).Bind(3, body.Created.ToUnixTimeMilliseconds());
        if (body.SoleHolder is { } holder)
            insertBody.Bind(4, holder.ToString());
        else
            insertBody.BindNull(4);
        if (body.Place == BodyPlace.Row)
            insertBody.Bind(5, body.Bytes);
        else
            insertBody.BindNull(5);
        insertBody.Run();
        if (database.Changes == 0)
            return; // an earlier batch of the group required it, too
        inserted.Add(body.Id);
        counters = new BodyCounters(counters.Bodies + 1, counters.Bytes + body.Size, Math.Max(counters.Last, body.Id));
    }

    private bool Exists(long id)
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

    private long? ReadETag(string partition, string key)
    {
        readETag.Bind(1, partition).Bind(2, key);
        try
        {
            return readETag.Step() ? readETag.Number(0) : null;
        }
        finally
        {
            readETag.Reset();
        }
    }
}

/// <param name="Bodies">Bodies in the store.</param>
/// <param name="Bytes">Their octets together.</param>
/// <param name="Last">The largest id that a body ever had.</param>
internal sealed record BodyCounters(long Bodies, long Bytes, long Last)
{
    public static BodyCounters Read(Database database) => new(
        database.ReadNumber("SELECT bodies FROM counter"),
        database.ReadNumber("SELECT bytes FROM counter"),
        database.ReadNumber("SELECT last FROM counter"));
}
