namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A batch to commit.</summary>
internal sealed class CommitRequest(RowBatch batch) : WriteRequest<CommitResult>
{
    public override long Size { get; } = SizeOf(batch);

    public override void Execute(WriterSession session)
    {
        // All conditions before the first write: a refused batch leaves the group's transaction as it was.
        if (session.FindMissingBody(batch) is { } body)
            Result = CommitResult.BodyMissing(body);
        else if (session.FindConflict(batch) is { } operation)
            Result = CommitResult.Conflict(operation);
        else
            Result = session.Write(batch);
    }

    public override CommitResult OnTimeout() => CommitResult.Unknown;

    public override void Lose(StorageException reason) => Settle(CommitResult.Unknown);

    private static long SizeOf(RowBatch batch)
    {
        var size = batch.Length;
        for (var i = 0; i < batch.Requires.Count; i++)
        {
            if (batch.Requires[i].Place == BodyPlace.Row)
                size += batch.Requires[i].Size;
        }

        return size;
    }
}
