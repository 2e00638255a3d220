using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>How far the due times of a lane have been read: each of them is read once, and an idle lane costs nothing.</summary>
internal sealed class LaneCursor(string partition, char lane)
{
    private RowRange rest = RowRange.Prefix(partition, QueueKeys.DueIn(lane));
    private string? touched;
    private DateTimeOffset? touchedDue;

    public char Lane => lane;

    /// <summary>When to read on; null = nothing is there.</summary>
    public DateTimeOffset? Next { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>A due time was written, perhaps behind the cursor.</summary>
    public void Touch(string key, DateTimeOffset due)
    {
        if (touched is null || string.CompareOrdinal(key, touched) < 0)
            touched = key;
        touchedDue = Earlier(touchedDue, due);
        if (string.CompareOrdinal(key, rest.From) < 0)
            rest = rest with { From = key };
        Next = Earlier(Next, due);
    }

    /// <summary>A page is about to be read.</summary>
    public RowRange Begin()
    {
        touched = null;
        touchedDue = null;
        return rest;
    }

    /// <summary>A due time of the page is dealt with.</summary>
    public void Pass(string key) => rest = rest.After(key);

    /// <summary>The page is dealt with. What was written meanwhile, and so does not stand in it, stays to be read.</summary>
    /// <param name="next">When to read on, as far as the page says.</param>
    public void End(DateTimeOffset? next)
    {
        if (touched is not null && string.CompareOrdinal(touched, rest.From) < 0)
            rest = rest with { From = touched };
        Next = Earlier(next, touchedDue);
    }

    /// <summary>Reads all again: another activation may have written behind the cursor. A page that is being read does not end it.</summary>
    public void Restart()
    {
        rest = RowRange.Prefix(partition, QueueKeys.DueIn(lane));
        touched = rest.From;
        touchedDue = Next = DateTimeOffset.MinValue;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
