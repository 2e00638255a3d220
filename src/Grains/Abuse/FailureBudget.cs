namespace Orleans.Mail.Grains;

/// <summary>Failures that are forgotten evenly: as many as the limit within the window.</summary>
internal struct FailureBudget
{
    private double level;
    private long counted;

    /// <summary>Counts failures and returns how many are remembered now.</summary>
    public int Add(int more, double limit, TimeSpan window, TimeProvider time)
    {
        var forgotten = level == 0 ? 0 : time.GetElapsedTime(counted) / window * limit;
        level = Math.Max(0, level - forgotten) + more;
        counted = time.GetTimestamp();
        return (int)Math.Ceiling(level);
    }

    public void Clear() => level = 0;
}
