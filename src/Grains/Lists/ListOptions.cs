namespace Orleans.Mail.Grains;

/// <summary>Mailing lists.</summary>
public sealed class ListOptions
{
    /// <summary>How long the removal of members may stand still before <see cref="IWorkGrain"/> looks after it. Default: 1 min.</summary>
    public TimeSpan WorkGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Members that a post is sent to before its progress is written down. Default: 500.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>Members of a page that are looked up or delivered to at a time. Default: 32.</summary>
    public int Width { get; set; } = 32;

    /// <summary>Octets of a bounce that are read: a report stands before the mail that it is about. Default: 256 KiB.</summary>
    public int BounceSize { get; set; } = 256 * 1024;
}
