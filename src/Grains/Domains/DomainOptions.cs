namespace Orleans.Mail.Grains;

/// <summary>Domains.</summary>
public sealed class DomainOptions
{
    /// <summary>Users of a domain that its deletion removes at a time. Default: 8.</summary>
    public int DeletionWidth { get; set; } = 8;

    /// <summary>How long a deletion may stand still before <see cref="IWorkGrain"/> looks after it. Default: 1 min.</summary>
    public TimeSpan WorkGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A full domain counts its users anew before it refuses one, unless it has admitted one within this time, whose row
    /// may not be there yet. Default: 30 s, longer than a creation takes.
    /// </summary>
    public TimeSpan CreationTime { get; set; } = TimeSpan.FromSeconds(30);
}
