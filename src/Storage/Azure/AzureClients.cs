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

    private const string Scope = "https://storage.azure.com/.default";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient http;

    public AzureClients(AzureStoreOptions options)
    {
        http = new HttpClient(CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        var transport = new HttpClientTransport(http);
        var tableOptions = Configure(new TableClientOptions(), transport, options);
        var blobOptions = Configure(new BlobClientOptions(), transport, options);
        TableServiceClient tables;
        BlobServiceClient blobs;
        HttpPipelinePolicy login;
        if (options.ConnectionString is { Length: > 0 } connection)
        {
            tables = new TableServiceClient(connection, tableOptions);
            blobs = new BlobServiceClient(connection, blobOptions);
            login = new SharedKeyPolicy(tables.AccountName, AccountKey.Find(connection) ?? throw new ArgumentException("the connection string has no key", nameof(options)));
        }
        else
        {
            var credential = new DefaultAzureCredential(new DefaultAzureCredentialOptions { Retry = { MaxRetries = 1, NetworkTimeout = options.NetworkTimeout } });
            tables = new TableServiceClient(new Uri($"https://{options.AccountName}.table.core.windows.net"), credential, tableOptions);
            blobs = new BlobServiceClient(new Uri($"https://{options.AccountName}.blob.core.windows.net"), credential, blobOptions);
            login = new BearerTokenAuthenticationPolicy(credential, Scope);
        }

        var pipeline = HttpPipelineBuilder.Build(tableOptions, login);
        Rows = tables.GetTableClient(options.RowTable);
        Bodies = tables.GetTableClient(options.BodyTable);
        Blobs = blobs.GetBlobContainerClient(options.BodyContainer);
        RowRequests = new TableRequests(pipeline, tables.Uri, options.RowTable);
        BodyRequests = new TableRequests(pipeline, tables.Uri, options.BodyTable);
    }

    public TableRequests RowRequests { get; }

    public TableRequests BodyRequests { get; }

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
        // Each call of the store has a span already (StoreTracing).
        client.Diagnostics.IsDistributedTracingEnabled = false;
        client.Diagnostics.IsLoggingEnabled = false;
        client.Diagnostics.IsTelemetryEnabled = false;
        client.AddPolicy(new ServerTimeoutPolicy(options.NetworkTimeout), HttpPipelinePosition.PerCall);
        return client;
    }
}
