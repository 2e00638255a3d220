using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Whether the process is one of many, and of which.</summary>
/// <param name="Id">Cluster:Id: processes with the same id form one cluster. Default: <c>mail</c>.</param>
/// <param name="IsShared">The store is one that processes share (Storage:Provider): cluster mode. Else the process is alone with its own.</param>
public sealed record ClusterSettings(string Id, bool IsShared)
{
    public static ClusterSettings From(Parameters parameters) =>
        new(parameters.Text("Cluster:Id", "mail"), StorageSettings.From(parameters).IsShared);
}
