namespace Orleans.Mail.Grains;

/// <summary>What the cluster knows of its processes.</summary>
public sealed class ClusterStatusOptions
{
    /// <summary>A process that has not reported for so long is forgotten. They report every 2 s. Default: 10 s.</summary>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromSeconds(10);
}
