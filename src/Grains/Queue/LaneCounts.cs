using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>How many entries wait in each lane of a partition: counted once, then kept up with every write.</summary>
internal sealed class LaneCounts(string partition, SettledRows rows)
{
    private readonly long[] counts = new long[DueLane.All.Count];

    // Keys up to here are counted; those after it the count will meet as they then are.
    private string counted = "";

    /// <summary>Whether all has been counted.</summary>
    public bool IsKnown { get; private set; }

    public long Of(int lane) => counts[lane];

    /// <summary>Goes through all due times once. Throws <see cref="StorageException"/> when the store is in trouble; again goes on.</summary>
    public async Task CountAsync()
    {
        for (RowRange? rest = RowRange.Prefix(partition, QueueKeys.Due).After(counted.Length > 0 ? counted : QueueKeys.Due); rest is { } range;)
        {
            var page = await rows.ScanAsync(range, StoreLimits.PageRows);
            foreach (var row in page.Rows)
            {
                Add(row.Key, 1);
                counted = row.Key;
            }

            rest = page.Next;
            await Task.Yield(); // a store nearby answers at once, and others have turns to take
        }

        IsKnown = true;
    }

    /// <summary>A due time was written, or moved, or went.</summary>
    public void Move(string? before, string? next)
    {
        if (before == next)
            return;
        if (before is not null && IsCounted(before))
            Add(before, -1);
        if (next is not null && IsCounted(next))
            Add(next, 1);
    }

    private bool IsCounted(string key) => IsKnown || string.CompareOrdinal(key, counted) <= 0;

    private void Add(string key, int change)
    {
        var lane = DueLane.IndexOf(key[QueueKeys.Due.Length]);
        if (lane >= 0)
            counts[lane] = Math.Max(counts[lane] + change, 0);
    }
}
