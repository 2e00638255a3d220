using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Silo;
using Orleans.Mail.Storage;
using Orleans.Mail.Storage.Azure;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>A store in memory that silos and gateways of one cluster share, all in the test's process; each is started as its executable does it.</summary>
public sealed class SharedStore : IAsyncDisposable
{
    private const string Nowhere = "AccountName=nobody;AccountKey=bm9uZQ==;TableEndpoint=http://127.0.0.1:1/nobody;BlobEndpoint=http://127.0.0.1:1/nobody";

    private readonly TemporaryFolder folder = new();
    private readonly Stack<MailProcess> running = new();
    private int started;

    public SharedStore()
    {
        Bodies = new MemoryBodyStore(TimeProvider.System);
        Rows = new MemoryRowStore(Bodies);
    }

    public MemoryRowStore Rows { get; }

    public MemoryBodyStore Bodies { get; }

    /// <summary>The clock of the processes that are built from now on.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>What is changed in the processes that are built from now on.</summary>
    public Action<IServiceCollection>? Change { get; set; }

    /// <summary>A silo without mail ports unless the settings say otherwise.</summary>
    public async Task<MailServer> StartSiloAsync(params string[] settings)
    {
        var silo = BuildSilo(settings);
        await silo.StartAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return silo;
    }

    public MailServer BuildSilo(params string[] settings) =>
        Run(MailServer.Build([.. Arguments(), "--Gateway:Hosted=false", "--Silo:Address=127.0.0.1", "--Silo:Port=0", "--Silo:GatewayPort=0", .. settings], Share));

    public async Task<GatewayServer> StartGatewayAsync(params string[] settings)
    {
        var gateway = BuildGateway(settings);
        await gateway.StartAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return gateway;
    }

    public GatewayServer BuildGateway(params string[] settings) => Run(GatewayServer.Build([.. Arguments(), .. settings], Share));

    /// <summary>Ends what runs, the latest first.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in running)
            await process.DisposeAsync();
        folder.Dispose();
    }

    private T Run<T>(T process)
        where T : MailProcess
    {
        running.Push(process);
        return process;
    }

    // Nobody here may relay, so that a domain that a gateway does not know yet is refused.
    private string[] Arguments() => [.. ServerUnderTest.Arguments(Path.Combine(folder.Path, $"{++started}")), "--CFG_LOCALIP=192.0.2.1", "--Storage:Provider=azure", $"--Storage:ConnectionString={Nowhere}"];

    // Nothing of the configured store may start.
    private void Share(IServiceCollection services)
    {
        foreach (var starter in services.Where(service => service.ImplementationType?.Namespace == typeof(AzureStore).Namespace).ToArray())
            services.Remove(starter);
        services.AddSingleton<IRowStore>(Rows).AddSingleton<IBodyStore>(Bodies).AddSingleton(Clock);
        Change?.Invoke(services);
    }
}
