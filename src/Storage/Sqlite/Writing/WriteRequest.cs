namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Something that the writer thread does for a caller.</summary>
internal abstract class WriteRequest
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int GivenUp = 2;

    private int state;

    /// <summary>Octets that it writes, about.</summary>
    public virtual long Size => 0;

    /// <summary>Whether it shares a transaction with others; otherwise it runs alone and outside of one.</summary>
    public virtual bool Grouped => true;

    /// <summary>The writer begins with it: from here on only the writer settles it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>The caller withdraws it. True: it was not begun and never will be.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref state, GivenUp, Waiting) == Waiting;

    /// <summary>Does the work and remembers the result. After a rollback it may be called again.</summary>
    public abstract void Execute(WriterSession session);

    /// <summary>The work is durable: the caller gets the result.</summary>
    public abstract void Complete();

    /// <summary>Nothing was written.</summary>
    public abstract void Fail(StorageException reason);

    /// <summary>Nobody knows.</summary>
    public abstract void Lose(StorageException reason);
}

/// <summary>A request with a result of type <typeparamref name="T"/>.</summary>
internal abstract class WriteRequest<T> : WriteRequest
{
    // The writer thread must not run its callers' code.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Completion => completion.Task;

    protected T Result { get; set; } = default!;

    public override void Complete() => completion.TrySetResult(Result);

    public override void Fail(StorageException reason) => completion.TrySetException(reason);

    /// <summary>The writer was too slow after it had begun. The default suits idempotent work: the caller repeats it.</summary>
    public virtual T OnTimeout() => throw new StorageException("the store did not answer in time");

    public override void Lose(StorageException reason) => completion.TrySetException(reason);

    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryGiveUp())
            completion.TrySetCanceled(cancellationToken);
    }

    protected void Settle(T result) => completion.TrySetResult(result);
}
