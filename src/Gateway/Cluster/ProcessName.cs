using System.Globalization;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>How the process is called in the cluster: host name, process id and a random part, since containers may share the other two.</summary>
public sealed class ProcessName
{
    public string Value { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}-{Random.Shared.Next(0x10000):x4}");
}
