namespace Orleans.Mail.Grains;

/// <summary>Which attempt is for which kind of target.</summary>
internal sealed class QueueAttempts(IEnumerable<IQueueAttempt> all)
{
    private readonly Dictionary<TargetKind, IQueueAttempt> attempts = all.ToDictionary(attempt => attempt.Kind);

    public IQueueAttempt Of(TargetKind kind) =>
        attempts.TryGetValue(kind, out var attempt) ? attempt : throw new InvalidOperationException($"there is no attempt for {kind}");
}
