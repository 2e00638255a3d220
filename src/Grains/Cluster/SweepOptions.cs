namespace Orleans.Mail.Grains;

/// <summary>The sweep of bodies that nobody holds.</summary>
public sealed class SweepOptions
{
    /// <summary>Storage:SweepAge: orphans older than this are deleted. Default: 24 h.</summary>
    public TimeSpan SweepAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A body younger than this may wait for the commit that will hold it, and is no orphan yet. Default: 5 min.</summary>
    public TimeSpan InFlight { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Bodies looked at in one call. Default: 500.</summary>
    public int Page { get; set; } = 500;
}
