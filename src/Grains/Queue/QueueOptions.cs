namespace Orleans.Mail.Grains;

/// <summary>The queue.</summary>
public sealed class QueueOptions
{
    /// <summary>CFG_MIN_QUEUE: the wait after the first failed attempt; each further one is twice as long. Zero = at once. Default: 10 min.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait of a recipient over quota. Default: 1 h.</summary>
    public TimeSpan FirstRetryOverQuota { get; set; } = TimeSpan.FromHours(1);

    /// <summary>No wait is longer. Default: 4 h.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromHours(4);

    /// <summary>CFG_HOR_RETRY_MAIL: after this time an entry fails. Default: 48 h.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(48);

    /// <summary>How long a finished entry is remembered, so that a repeated Accept is a no-op. Default: 15 min.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the reminder of a shard wakes it. At least 1 min. Default: 5 min.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Attempts of a shard at a time, in each lane. Default: 8.</summary>
    public int Width { get; set; } = 8;
}
