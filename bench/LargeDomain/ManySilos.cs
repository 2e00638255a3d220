using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Silo;
using Orleans.Mail.Storage;
using Orleans.Mail.Storage.Azure;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.LargeDomain;

/// <summary>Silos and a gateway in one process that share one embedded store, each built as its executable does it.</summary>
internal sealed class ManySilos : IAsyncDisposable
{
    private const string Nowhere = "AccountName=nobody;AccountKey=bm9uZQ==;TableEndpoint=http://127.0.0.1:1/nobody;BlobEndpoint=http://127.0.0.1:1/nobody";

    private readonly string folder = Directory.CreateTempSubdirectory("large-domain-").FullName;
    private readonly ServiceProvider store;
    private readonly Stack<MailProcess> running = new();

    public ManySilos() => store = new ServiceCollection().AddSqliteStore(sqlite => sqlite.Path = Path.Combine(folder, "store")).BuildServiceProvider();

    public IRowStore Rows => store.GetRequiredService<IRowStore>();

    /// <summary>One for each silo.</summary>
    public List<CallCounter> Counters { get; } = [];

    public async Task StartSiloAsync()
    {
        var counter = new CallCounter();
        Counters.Add(counter);
        var silo = MailServer.Build(
            [.. Arguments(), "--Gateway:Hosted=false", "--Silo:Address=127.0.0.1", "--Silo:Port=0", "--Silo:GatewayPort=0"],
            services => Share(services).AddSingleton<IIncomingGrainCallFilter>(counter));
        running.Push(silo);
        await silo.StartAsync();
    }

    public async Task<GatewayServer> StartGatewayAsync()
    {
        var gateway = GatewayServer.Build(Arguments(), services => Share(services));
        running.Push(gateway);
        await gateway.StartAsync();
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in running)
            await process.DisposeAsync();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string[] Arguments() =>
    [
        "--PORT_SMTP=0", "--PORT_POP3=0", "--PORT_REMT=0", "--Gateway:Bind=127.0.0.1", "--Gateway:HostName=mx.client.test", "--CFG_LOG_LEVEL=1",
        "--Storage:Provider=azure", $"--Storage:ConnectionString={Nowhere}", $"--Storage:Path={Path.Combine(folder, $"{running.Count}")}",
    ];

    private IServiceCollection Share(IServiceCollection services)
    {
        foreach (var starter in services.Where(service => service.ImplementationType?.Namespace == typeof(AzureStore).Namespace).ToArray())
            services.Remove(starter);
        return services.AddSingleton(Rows).AddSingleton(store.GetRequiredService<IBodyStore>());
    }
}
