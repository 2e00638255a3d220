namespace Orleans.Mail.Grains;

/// <summary>The queue.</summary>
public sealed class QueueOptions
{
    /// <summary>CFG_NUM_QUEUE: how many shards serve the queue. 1 to 64. Default: 10.</summary>
    public int Shards { get; set; } = 10;

    /// <summary>Storage:Provider: other silos may be at work of which this one has not heard yet. Default: no, it is alone.</summary>
    public bool IsClustered { get; set; }

    /// <summary>CFG_MIN_QUEUE: the wait after the first failed attempt; each further one is twice as long. Zero = at once. Default: 10 min.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait of a recipient over quota. Default: 1 h.</summary>
    public TimeSpan FirstRetryOverQuota { get; set; } = TimeSpan.FromHours(1);

    /// <summary>No wait is longer. Default: 4 h.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromHours(4);

    /// <summary>By which part waits differ at random, so that what failed together does not come back together. Default: 0.1.</summary>
    public double Jitter { get; set; } = 0.1;

    /// <summary>CFG_HOR_RETRY_MAIL: after this time an entry fails. Default: 48 h.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(48);

    /// <summary>After this time lists' mail, forwards and reports fail, unless <see cref="Lifetime"/> is shorter. Default: 24 h (SPEC 7).</summary>
    public TimeSpan ShortLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Queue:DelayNoticeAfter: when a sender hears that a message still waits. Default: 4 h.</summary>
    public TimeSpan DelayNoticeAfter { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How long a finished entry is remembered, so that a repeated Accept is a no-op. Default: 15 min.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long nobody else may attempt what is claimed; longer attempts renew it. Default: 2 min.</summary>
    public TimeSpan ClaimTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the reminder of a shard wakes it. At least 1 min. Default: 5 min.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Local attempts of a shard at a time, in each lane. Default: 8.</summary>
    public int Width { get; set; } = 8;

    /// <summary>Places that one destination may ask the relay for at a time. Default: 20.</summary>
    public int Places { get; set; } = 20;

    /// <summary>Whether timers serve what is due within the minute. Without them reminders do, a minute late. Default: true.</summary>
    internal bool Timers { get; set; } = true;
}
