namespace Orleans.Mail.Grains;

/// <summary>Background work.</summary>
public sealed class WorkOptions
{
    /// <summary>How often the reminder of a slice looks for work that is due. At least 1 min. Default: 5 min.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Work that is promised is due within this time: so long its grain has to finish it by itself. Default: 2 min, the longest WorkGrace.</summary>
    public TimeSpan Promise { get; set; } = TimeSpan.FromMinutes(2);
}
