using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Azurite;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>A cluster of processes that can be killed, over the storage emulator with its disk store.</summary>
public sealed class ProcessCluster : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly Lock gate = new();
    private readonly List<ServerProcess> silos = [];
    private readonly List<ServerProcess> gateways = [];

    private ProcessCluster(TemporaryFolder folder, AzuriteServer store)
    {
        this.folder = folder;
        Store = store;
    }

    public AzuriteServer Store { get; }

    /// <summary>Settings of all processes that are started from now on.</summary>
    public IReadOnlyList<string> Settings { get; set; } = [];

    /// <summary>Those that were started and not ended here, in the order in which they were ready.</summary>
    public IReadOnlyList<ServerProcess> Silos => Copy(silos);

    /// <inheritdoc cref="Silos"/>
    public IReadOnlyList<ServerProcess> Gateways => Copy(gateways);

    public static async Task<ProcessCluster> StartAsync(CancellationToken cancellationToken, params string[] settings)
    {
        var folder = new TemporaryFolder();
        var store = await AzuriteServer.StartAsync(Directory.CreateDirectory(Path.Combine(folder.Path, "store")).FullName, cancellationToken);
        return new ProcessCluster(folder, store) { Settings = settings };
    }

    /// <summary>With silos, two gateways, domain <c>acme.test</c> and users <c>u0</c> to <c>u…</c>; hosts on this machine may relay.</summary>
    public static async Task<ProcessCluster> StartAsync(int silos, int users, params string[] settings)
    {
        var cluster = await StartAsync(TestContext.Current.CancellationToken, ["--CFG_LOCALIP=127.0.0.1", .. settings]);
        try
        {
            await Task.WhenAll([.. Enumerable.Range(0, silos).Select(_ => cluster.StartSiloAsync()), cluster.StartGatewayAsync(), cluster.StartGatewayAsync()]);
            var add = Enumerable.Range(0, users).Select(user => $"USER ADD NAME=u{user} DOMAIN=acme.test PASS=secret");
            await ServerUnderTest.ManageAsync(cluster.Gateways[0].Management, ["DOMAIN ADD NAME=acme.test", .. add]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<ServerProcess> StartSiloAsync() =>
        RunAsync(silos, "Orleans.Mail.Silo.dll", ["--Gateway:Hosted=false", "--Silo:Address=127.0.0.1", "--Silo:Port=0", "--Silo:GatewayPort=0"]);

    public Task<ServerProcess> StartGatewayAsync() => RunAsync(gateways, "Orleans.Mail.Gateway.dll", []);

    /// <summary>kill -9.</summary>
    public async Task KillAsync(ServerProcess process)
    {
        Forget(process);
        using (process)
            await process.KillAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync(ServerProcess process)
    {
        Forget(process);
        using (process)
            return await process.TerminateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos))
            process.Dispose();
        await Store.DisposeAsync();
        folder.Dispose();
    }

    private async Task<ServerProcess> RunAsync(List<ServerProcess> to, string program, string[] own)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder.Path, Guid.NewGuid().ToString("n"))).FullName;
        string[] shared = ["--CFG_LOCALIP=192.0.2.1", "--Storage:Provider=azure", $"--Storage:ConnectionString={Store.ConnectionString}"];
        var process = await ServerProcess.StartProgramAsync(program, home, [.. shared, .. own, .. Settings]);
        lock (gate)
            to.Add(process);
        return process;
    }

    private void Forget(ServerProcess process)
    {
        lock (gate)
            _ = silos.Remove(process) || gateways.Remove(process);
    }

    private ServerProcess[] Copy(List<ServerProcess> processes)
    {
        lock (gate)
            return [.. processes];
    }
}
