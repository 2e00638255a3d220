using System.Collections.Concurrent;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The settings of our domains as the routers of this silo see them: at most <see cref="Age"/> old, so that a domain is
/// neither a call nor a read for every message. Domains that are not ours are not remembered.
/// </summary>
internal sealed class DomainCopies(SettledRows rows, TimeProvider time)
{
    /// <summary>How old a copy may be.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(2);

    private const int Limit = 10_000;

    private readonly ConcurrentDictionary<string, Copy> copies = new(StringComparer.Ordinal);

    /// <summary>The settings of a domain of ours; null when it is not ours, or is being deleted.</summary>
    public ValueTask<DomainSettings?> FindAsync(string domain) =>
        copies.TryGetValue(domain, out var copy) && time.GetElapsedTime(copy.ReadAt) < Age
            ? ValueTask.FromResult<DomainSettings?>(copy.Settings)
            : ReadAsync(domain);

    /// <summary>The domain was changed here: the next reader sees it.</summary>
    public void Forget(string domain) => copies.TryRemove(domain, out _);

    private async ValueTask<DomainSettings?> ReadAsync(string domain)
    {
        var readAt = time.GetTimestamp();
        var row = await rows.ReadAsync(new RowKey(DomainRow.Partition, DomainRow.Key(domain)));
        if (row is null || DomainRow.Decode(row.Value) is not { Deleting: false } found)
        {
            Forget(domain);
            return null;
        }

        if (copies.Count >= Limit)
            copies.Clear();
        copies[domain] = new Copy(found.Settings, readAt);
        return found.Settings;
    }

    private sealed record Copy(DomainSettings Settings, long ReadAt);
}
