namespace Orleans.Mail.Grains;

/// <summary>When failed logins have consequences, and how many of these are remembered.</summary>
public sealed class AbuseOptions
{
    /// <summary>Abuse:LoginFailures: failed logins of an address within <see cref="Window"/> at which it is blocked; 0 = never. Default: 20.</summary>
    public int LoginFailures { get; set; } = 20;

    /// <summary>Abuse:AccountFailures: failed logins at an account within <see cref="Window"/>, from all addresses, at which it is guarded; 0 = never. Default: 50.</summary>
    public int AccountFailures { get; set; } = 50;

    /// <summary>Abuse:Window, minutes: in this time so many failures as are allowed are forgotten. Default: 15 min.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Abuse:BlockTime, minutes: how long a block lasts. Default: 60 min.</summary>
    public TimeSpan BlockTime { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>Abuse:SiteBlocks: clients (/64) whose budgets together are that of one /48 of IPv6, at which the /48 is blocked; 0 = never. Default: 8.</summary>
    public int SiteBlocks { get; set; } = 8;

    /// <summary>Failures of a client at which it is blocked, and as which a block for something else counts in its /48.</summary>
    internal int ClientLimit => Math.Max(1, LoginFailures);

    /// <summary>Failures of all clients of a /48 at which it is blocked.</summary>
    internal double SiteLimit => Math.Max(1, (double)ClientLimit * SiteBlocks);

    /// <summary>Entries of a list of blocks or traces at most, and as many guarded accounts and blocked /48 beyond them. Default: 50,000, which is the most that gateways expect.</summary>
    public int MaxEntries { get; set; } = ITimedListGrain.MaxEntries;

    /// <summary>When an entry that the list did not take is tried again. Default: 10 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often entries that have ended are deleted. Default: 1 min.</summary>
    public TimeSpan PurgePeriod { get; set; } = TimeSpan.FromMinutes(1);
}
