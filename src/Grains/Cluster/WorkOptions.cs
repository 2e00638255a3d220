namespace Orleans.Mail.Grains;

/// <summary>Background work.</summary>
public sealed class WorkOptions
{
    /// <summary>How often the reminder of a slice looks for work that is due. At least 1 min. Default: 5 min.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(5);
}
