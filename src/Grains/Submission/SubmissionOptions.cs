namespace Orleans.Mail.Grains;

/// <summary>The router.</summary>
public sealed class SubmissionOptions
{
    /// <summary>Mailboxes that one message is delivered to at a time. Default: 32.</summary>
    public int Width { get; set; } = 32;

    /// <summary>After this time no further delivery of a message begins; its recipients are to be tried again. Default: 8 s, below the 10 s of Submit.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(8);
}
