namespace Orleans.Mail.Grains;

/// <summary>How grains use the store.</summary>
public sealed class StoreCallOptions
{
    /// <summary>How long one call to the store may take before its outcome counts as unknown. Default: 3 s, below the 5 s of a delivery.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a commit whose reply was lost is asked again before its callers hear of it. Default: 3.</summary>
    public int Repeats { get; set; } = 3;
}
