namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A batch to commit.</summary>
internal sealed class CommitRequest(RowBatch batch) : WriteRequest<CommitResult>
{
    private readonly long size = batch.Operations.Sum(operation => (long)operation.Value.Length)
        + batch.Requires.Sum(body => body.Place == BodyPlace.Row ? body.Size : 0);

    public override long Size => size;

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
}
