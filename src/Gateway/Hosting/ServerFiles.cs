using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>Where a process keeps its files; the tools look there too.</summary>
/// <param name="Store">Storage:Path: the folder of the embedded store. Default: <c>./data</c>.</param>
/// <param name="Pid">FILE_PID: names the running process. Default: <c>pid</c> in the store's folder.</param>
/// <param name="Logs">DIR_LOG. Default: <c>log</c> in the store's folder.</param>
public sealed record ServerFiles(string Store, string Pid, string Logs)
{
    public static ServerFiles From(Parameters parameters)
    {
        var store = Path.GetFullPath(parameters.Text("Storage:Path", "./data"));
        return new(
            store,
            Path.GetFullPath(parameters.Text("FILE_PID", Path.Combine(store, "pid"))),
            Path.GetFullPath(parameters.Text("DIR_LOG", Path.Combine(store, "log"))));
    }
}
