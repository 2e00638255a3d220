using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Azurite;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>A cluster of processes that can be killed, over the storage emulator.</summary>
public sealed class ProcessCluster : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly List<ServerProcess> processes = [];

    private ProcessCluster(TemporaryFolder folder, AzuriteServer store)
    {
        this.folder = folder;
        Store = store;
    }

    public AzuriteServer Store { get; }

    public static async Task<ProcessCluster> StartAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        return new ProcessCluster(folder, await AzuriteServer.StartAsync(Directory.CreateDirectory(Path.Combine(folder.Path, "store")).FullName, cancellationToken));
    }

    public Task<ServerProcess> StartSiloAsync(params string[] settings) =>
        RunAsync("Orleans.Mail.Silo.dll", ["--Gateway:Hosted=false", "--Silo:Address=127.0.0.1", "--Silo:Port=0", "--Silo:GatewayPort=0", .. settings]);

    public Task<ServerProcess> StartGatewayAsync(params string[] settings) => RunAsync("Orleans.Mail.Gateway.dll", settings);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            process.Dispose();
        await Store.DisposeAsync();
        folder.Dispose();
    }

    private async Task<ServerProcess> RunAsync(string program, string[] settings)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder.Path, Guid.NewGuid().ToString("n"))).FullName;
        string[] shared = ["--CFG_LOCALIP=192.0.2.1", "--Storage:Provider=azure", $"--Storage:ConnectionString={Store.ConnectionString}"];
        var process = await ServerProcess.StartProgramAsync(program, own, [.. shared, .. settings]);
        lock (processes)
            processes.Add(process);
        return process;
    }
}
