namespace Orleans.Mail.Grains;

/// <summary>How an attempt at an entry ended.</summary>
internal abstract record AttemptResult
{
    /// <summary>It is where it belongs.</summary>
    public static readonly AttemptResult Done = new Finished();

    private AttemptResult()
    {
    }

    /// <summary>Nothing is left to do.</summary>
    public sealed record Finished : AttemptResult;

    /// <summary>To be tried again.</summary>
    /// <param name="Status">Why, as QUEUE SHOW tells it.</param>
    /// <param name="OverQuota">The mailbox is full: the waits are longer.</param>
    public sealed record Later(string Status, bool OverQuota = false) : AttemptResult;

    /// <summary>Not to be tried again.</summary>
    /// <param name="Status">Why, as the report tells it.</param>
    public sealed record Failure(string Status) : AttemptResult;

    /// <summary>A step was made: the entry goes on at once from where it stands now.</summary>
    /// <param name="Entry">The entry as it is kept.</param>
    /// <param name="Requires">A body that the entry holds from now on, and that is not durable yet.</param>
    /// <param name="Releases">A body that the entry holds no longer.</param>
    public sealed record Step(QueueEntry Entry, BodyRef? Requires = null, BodyRef? Releases = null) : AttemptResult;
}

/// <summary>What is done with the entries of one kind of target. Every attempt may happen twice.</summary>
internal interface IQueueAttempt
{
    /// <summary>The kind of targets it is for.</summary>
    TargetKind Kind { get; }

    /// <summary>Tries. An exception is storage trouble or a bug: the entry is tried again.</summary>
    Task<AttemptResult> TryAsync(QueueEntry entry);
}
