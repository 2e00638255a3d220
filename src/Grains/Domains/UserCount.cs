using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>How many users a domain has: counted from its rows at first need, then kept in memory.</summary>
internal sealed class UserCount(string domain, SettledRows rows, TimeProvider time)
{
    private Task<int>? counting;
    private int? users;
    private long admittedAt;
    private bool admittedAny;

    public Task<int> ReadAsync()
    {
        if (users is { } known)
            return Task.FromResult(known);
        var count = counting ?? CountAsync();
        if (!count.IsCompleted)
            counting = count;
        return count;
    }

    /// <summary>One user more, if that stays within <paramref name="limit"/> (0 = no limit, and nothing is counted for it).</summary>
    public async Task<bool> TryAdmitAsync(int limit, TimeSpan creationTime)
    {
        // After the wait the field counts, not what was awaited: others were admitted meanwhile.
        if (limit > 0 && Math.Max(await ReadAsync(), users ?? 0) >= limit)
        {
            // A failed creation or a lost dismissal leaves the count too high: look again before refusing.
            if (admittedAny && time.GetElapsedTime(admittedAt) < creationTime)
                return false;
            users = null;
            if (Math.Max(await ReadAsync(), users ?? 0) >= limit)
                return false;
        }

        users++; // null stays null: not counted yet
        admittedAt = time.GetTimestamp();
        admittedAny = true;
        return true;
    }

    public void Dismiss()
    {
        if (users > 0)
            users--;
    }

    public void Forget() => users = null;

    private async Task<int> CountAsync()
    {
        try
        {
            var found = 0;
            for (RowRange? rest = RowRange.Prefix(NameRow.Partition(domain), NameRow.Names); rest is { } range;)
            {
                var page = await rows.ScanAsync(range, StoreLimits.PageRows);
                found += page.Rows.Count(static row => NameRow.KindOf(row.Value) == NameKind.User);
                rest = page.Next;
            }

            users = found;
            return found;
        }
        finally
        {
            counting = null;
        }
    }
}
