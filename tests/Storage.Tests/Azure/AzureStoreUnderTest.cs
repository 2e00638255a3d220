using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Storage.Azure;

namespace Orleans.Mail.Storage.Tests.Azure;

/// <summary>The shared store in tables and a container of its own.</summary>
internal sealed class AzureStoreUnderTest : StoreUnderTest
{
    private readonly AzureStoreOptions options;
    private readonly IMeterFactory? meters;

    private AzureStoreUnderTest(AzureStoreOptions options, IMeterFactory? meters)
    {
        this.options = options;
        this.meters = meters;
        Store = Open();
    }

    public AzureStore Store { get; private set; }

    public override IRowStore Rows => Store.Rows;

    public override IBodyStore Bodies => Store.Bodies;

    public override int SmallBody => options.SmallBody;

    public static async ValueTask<StoreUnderTest> OpenAsync(AzuriteFixture azurite) =>
        await OpenAsync((await azurite.GetAsync()).ConnectionString);

    public static async Task<AzureStoreUnderTest> OpenAsync(
        string connection, Action<AzureStoreOptions>? configure = null, IMeterFactory? meters = null)
    {
        var options = new AzureStoreOptions { ConnectionString = connection, Name = $"t{Guid.NewGuid():n}" };
        configure?.Invoke(options);
        var store = new AzureStoreUnderTest(options, meters);
        await store.Store.CreateAsync(TestContext.Current.CancellationToken);
        return store;
    }

    /// <summary>Another process's store over the same tables, perhaps by another way.</summary>
    public AzureStore Open(string? connection = null)
    {
        var copy = new AzureStoreOptions
        {
            ConnectionString = connection ?? options.ConnectionString,
            Name = options.Name,
            NetworkTimeout = options.NetworkTimeout,
            RetryDelay = options.RetryDelay,
        };
        return new AzureStore(copy, TimeProvider.System, NullLogger<AzureStore>.Instance, meters);
    }

    public override async ValueTask ReopenAsync()
    {
        Store.Dispose();
        Store = Open();
        await Store.CreateAsync(TestContext.Current.CancellationToken);
    }

    public override async ValueTask CountAsync()
    {
        string? cursor = null;
        do
            cursor = (await Bodies.ScanAsync(cursor, StoreLimits.PageRows, TestContext.Current.CancellationToken)).Next;
        while (cursor is not null);
    }

    public override ValueTask DisposeAsync()
    {
        Store.Dispose();
        return ValueTask.CompletedTask;
    }
}
