namespace Orleans.Mail.Grains;

/// <summary>Logins of the management protocol.</summary>
public sealed class AccessOptions
{
    /// <summary>How long an address waits after its first failure; each further one doubles it. Default: 1 s.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait: the operator may share the address with a guesser. Default: 10 s.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After so long without a failure an address is forgotten. Default: 15 min.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Addresses remembered at most; when there are more, the oldest are forgotten. Default: 10,000.</summary>
    public int Addresses { get; set; } = 10_000;
}
