using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace Orleans.Mail.Storage.Azure;

/// <summary>The SDK's clients, made once, over one pool of connections. They repeat nothing: <see cref="AzureCalls"/> does, since it must know.</summary>
internal sealed class AzureClients : IDisposable
{
    /// <summary>A load balancer's addresses change; a connection follows them after this long.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient http;

    public AzureClients(AzureStoreOptions options)
    {
        http = new HttpClient(CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        var transport = new HttpClientTransport(http);
        var tableOptions = Configure(new TableClientOptions(), transport, options);
        var blobOptions = Configure(new BlobClientOptions(), transport, options);
        var (tables, blobs) = options.ConnectionString is { Length: > 0 } connection
            ? (new TableServiceClient(connection, tableOptions), new BlobServiceClient(connection, blobOptions))
            : Connect(options.AccountName!, tableOptions, blobOptions);
        Rows = tables.GetTableClient(options.RowTable);
        Bodies = tables.GetTableClient(options.BodyTable);
        Blobs = blobs.GetBlobContainerClient(options.BodyContainer);
    }

    public TableClient Rows { get; }

    public TableClient Bodies { get; }

    public BlobContainerClient Blobs { get; }

    public void Dispose() => http.Dispose();

    private static SocketsHttpHandler CreateHandler(AzureStoreOptions options) => new()
    {
        MaxConnectionsPerServer = options.MaxConnections,
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectTimeout = ConnectTimeout,
        AllowAutoRedirect = false,
        UseCookies = false,
    };

    private static T Configure<T>(T client, HttpPipelineTransport transport, AzureStoreOptions options)
        where T : ClientOptions
    {
        client.Transport = transport;
        client.Retry.MaxRetries = 0;
        client.Retry.NetworkTimeout = options.NetworkTimeout;
        // Spans come from the HTTP client's own source; the SDK's would be a second one for each request.
        client.Diagnostics.IsDistributedTracingEnabled = false;
        client.Diagnostics.IsLoggingEnabled = false;
        client.Diagnostics.IsTelemetryEnabled = false;
        client.AddPolicy(new ServerTimeoutPolicy(options.NetworkTimeout), HttpPipelinePosition.PerCall);
        return client;
    }

    private static (TableServiceClient Tables, BlobServiceClient Blobs) Connect(
        string account, TableClientOptions tables, BlobClientOptions blobs)
    {
        var credential = new DefaultAzureCredential();
        return (
            new TableServiceClient(new Uri($"https://{account}.table.core.windows.net"), credential, tables),
            new BlobServiceClient(new Uri($"https://{account}.blob.core.windows.net"), credential, blobs));
    }
}
