using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Azure;

/// <summary>The shared store: tables for rows and small bodies, a container for large ones, in one storage account that any number of processes use.</summary>
public sealed partial class AzureStore : IDisposable
{
    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(1);

    private readonly AzureStoreOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AzureClients clients;
    private readonly AzureCalls calls;
    private readonly AzureBodyStore bodies;

    /// <param name="options">Which account.</param>
    /// <param name="time">The clock of waits and of body ids.</param>
    /// <param name="logger">Hears that the account is away.</param>
    /// <param name="meters">Null: nobody measures.</param>
    /// <exception cref="ArgumentException">An option cannot work.</exception>
    public AzureStore(AzureStoreOptions options, TimeProvider time, ILogger<AzureStore> logger, IMeterFactory? meters = null)
    {
        options.Validate();
        this.options = options;
        this.time = time;
        this.logger = logger;
        clients = new AzureClients(options);
        calls = new AzureCalls(options, time, new AzureMetrics(meters));
        bodies = new AzureBodyStore(new SmallBodies(clients.Bodies, clients.BodyRequests, calls), new LargeBodies(clients.Blobs, calls), options, time);
        Rows = new AzureRowStore(clients.Rows, clients.RowRequests, calls, bodies);
    }

    public IRowStore Rows { get; }

    public IBodyStore Bodies => bodies;

    /// <summary>Makes the tables and the container if they are missing, and waits for an account that is away.</summary>
    /// <exception cref="StorageException">It stayed away for longer than <see cref="AzureStoreOptions.StartTimeout"/>, or refuses.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await CreateAsync(static (clients, token) => clients.Rows.CreateIfNotExistsAsync(token), cancellationToken);
                await CreateAsync(static (clients, token) => clients.Bodies.CreateIfNotExistsAsync(token), cancellationToken);
                await CreateAsync(static (clients, token) => clients.Blobs.CreateIfNotExistsAsync(cancellationToken: token), cancellationToken);
                return;
            }
            catch (StorageException away) when (time.GetElapsedTime(started) < options.StartTimeout && !IsFinal(away))
            {
                LogAway(away.Message);
                await Task.Delay(StartPause, time, cancellationToken);
            }
        }
    }

    public void Dispose() => clients.Dispose();

    private async ValueTask CreateAsync<T>(Func<AzureClients, CancellationToken, Task<T>> create, CancellationToken cancellationToken) =>
        await calls.RunAsync(OperationKind.Setup, create, clients, cancellationToken);

    private static bool IsFinal(StorageException trouble) => Failure.Of(trouble.InnerException)?.Kind == FailureKind.Refused;

    [LoggerMessage(40, LogLevel.Warning, "the storage account is away, the start waits for it: {reason}")]
    private partial void LogAway(string reason);
}
