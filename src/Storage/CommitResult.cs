namespace Orleans.Mail.Storage;

public enum CommitOutcome
{
    /// <summary>All operations are durable.</summary>
    Done,

    /// <summary>A condition did not hold; nothing was written.</summary>
    Conflict,

    /// <summary>A required body is not there; nothing was written.</summary>
    BodyMissing,

    /// <summary>The reply was lost: written, not written, or (a shared store) to be written within seconds. Read a row back: it carries the batch's <see cref="RowBatch.Id"/> if it was.</summary>
    Unknown,
}

/// <summary>How a commit ended. Trouble that certainly wrote nothing is <see cref="StorageException"/>.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Index">The first operation whose condition failed, or the first missing body.</param>
/// <param name="ETags">The new version of each operation's row, when done.</param>
public readonly record struct CommitResult(CommitOutcome Outcome, int Index, IReadOnlyList<ETag> ETags)
{
    public static readonly CommitResult Unknown = new(CommitOutcome.Unknown, -1, []);

    public static CommitResult Done(IReadOnlyList<ETag> etags) => new(CommitOutcome.Done, -1, etags);

    public static CommitResult Conflict(int index) => new(CommitOutcome.Conflict, index, []);

    public static CommitResult BodyMissing(int index) => new(CommitOutcome.BodyMissing, index, []);
}
