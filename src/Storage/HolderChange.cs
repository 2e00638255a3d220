namespace Orleans.Mail.Storage;

/// <summary>Holders that a shared body gets, or loses.</summary>
/// <param name="body">The body.</param>
/// <param name="holders">At most <see cref="MaxHolders"/>, by the keys of their rows.</param>
/// <param name="isRelease">They let go.</param>
/// <param name="limit">Until when somebody waits for it.</param>
internal sealed class HolderChange(BodyRef body, IReadOnlyDictionary<string, RowKey> holders, bool isRelease, CancellationToken limit)
{
    /// <summary>What one commit takes: the root counts as an operation, too.</summary>
    public const int MaxHolders = StoreLimits.BatchOperations - 1;

    private readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BodyRef Body => body;

    public IReadOnlyDictionary<string, RowKey> Holders => holders;

    public bool IsRelease => isRelease;

    public CancellationToken Limit => limit;

    /// <summary>Ends when it is written, or was refused.</summary>
    public Task Written => written.Task;

    public void Succeed() => written.TrySetResult();

    public void Fail(Exception failure) => written.TrySetException(failure);
}
