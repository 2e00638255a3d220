namespace Orleans.Mail.Grains;

/// <summary>
/// Delays that grow with each failed login of an address. Bounded in two generations: when the young one is half of
/// the limit it becomes the old one, and what the old one held is forgotten.
/// </summary>
internal sealed class LoginThrottle(AccessOptions options, TimeProvider time)
{
    private Dictionary<string, Failures> young = new(StringComparer.Ordinal);
    private Dictionary<string, Failures> old = new(StringComparer.Ordinal);

    /// <summary>How long the address has still to wait.</summary>
    public TimeSpan DelayOf(string address)
    {
        if (Find(address) is not { } failures)
            return TimeSpan.Zero;
        var rest = DelayAfter(failures.Count) - time.GetElapsedTime(failures.Last);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    public void Fail(string address)
    {
        var count = Find(address)?.Count ?? 0;
        if (young.Count >= Math.Max(1, options.Addresses / 2) && !young.ContainsKey(address))
        {
            old = young;
            young = new Dictionary<string, Failures>(StringComparer.Ordinal);
        }

        young[address] = new Failures(count + 1, time.GetTimestamp());
    }

    public void Succeed(string address)
    {
        young.Remove(address);
        old.Remove(address);
    }

    private Failures? Find(string address)
    {
        if (!young.TryGetValue(address, out var failures) && !old.TryGetValue(address, out failures))
            return null;
        return time.GetElapsedTime(failures.Last) < options.Memory ? failures : null;
    }

    private TimeSpan DelayAfter(int failures)
    {
        var delay = options.FirstDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        return delay < options.LongestDelay ? delay : options.LongestDelay;
    }

    private readonly record struct Failures(int Count, long Last);
}
