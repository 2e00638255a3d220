using System.Globalization;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Azurite;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Azurite with its disk store, silos and gateways: each a process of its own on this machine.</summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Lock gate = new();
    private readonly List<ClusterProcess> silos = [];
    private readonly List<ClusterProcess> gateways = [];
    private readonly string[] settings;
    private int started;

    private LocalCluster(AzuriteServer storage, string[] settings)
    {
        Storage = storage;
        this.settings = settings;
    }

    public AzuriteServer Storage { get; }

    public IReadOnlyList<ClusterProcess> Silos => Copy(silos);

    public IReadOnlyList<ClusterProcess> Gateways => Copy(gateways);

    /// <summary>Starts it with domain <c>acme.test</c>.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="gateways">How many.</param>
    /// <param name="settings">Parameters of all processes, <c>--NAME=value</c>.</param>
    public static async Task<LocalCluster> StartAsync(int silos, int gateways, params string[] settings)
    {
        var storage = Directory.CreateTempSubdirectory("orleans-mail-azurite-").FullName;
        var cluster = new LocalCluster(await AzuriteServer.StartAsync(storage, TestContext.Current.CancellationToken), settings) { StorageFolder = storage };
        try
        {
            await cluster.AddSiloAsync(); // the first one makes the tables
            await Task.WhenAll([.. Enumerable.Range(1, silos - 1).Select(_ => cluster.AddSiloAsync()), .. Enumerable.Range(0, gateways).Select(_ => cluster.AddGatewayAsync())]);
            await ServerUnderTest.ManageAsync(cluster.Gateways[0].Management, "DOMAIN ADD NAME=acme.test");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private string StorageFolder { get; init; } = "";

    public Task<ClusterProcess> AddSiloAsync() => AddAsync(silos, "silo", "Orleans.Mail.Silo.dll", ["--Gateway:Hosted=false", "--Silo:Port=0", "--Silo:GatewayPort=0", "--Silo:Address=127.0.0.1"]);

    public Task<ClusterProcess> AddGatewayAsync() => AddAsync(gateways, "gateway", "Orleans.Mail.Gateway.dll", []);

    /// <summary>kill -9.</summary>
    public async Task KillAsync(ClusterProcess process)
    {
        Forget(process);
        await process.KillAsync();
        await process.DisposeAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync(ClusterProcess process)
    {
        Forget(process);
        var code = await process.TerminateAsync();
        await process.DisposeAsync();
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos))
            await process.DisposeAsync();
        await Storage.DisposeAsync();
        folder.Dispose();
        Directory.Delete(StorageFolder, recursive: true);
    }

    private async Task<ClusterProcess> AddAsync(List<ClusterProcess> to, string kind, string program, string[] more)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{kind}{Interlocked.Increment(ref started)}");
        var home = Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
        var process = await ClusterProcess.StartAsync(name, program, home, [.. ServerUnderTest.Arguments(home), .. CommonSettings(), .. more, .. settings]);
        lock (gate)
            to.Add(process);
        return process;
    }

    private string[] CommonSettings() =>
        ["--Storage:Provider=azure", $"--Storage:ConnectionString={Storage.ConnectionString}", "--Health:Port=0", "--Health:Bind=127.0.0.1"];

    private void Forget(ClusterProcess process)
    {
        lock (gate)
            _ = silos.Remove(process) || gateways.Remove(process);
    }

    private ClusterProcess[] Copy(List<ClusterProcess> processes)
    {
        lock (gate)
            return [.. processes];
    }
}
