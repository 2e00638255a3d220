using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Mail.Storage.Azure;

namespace Orleans.Mail.Storage.Tests.Azure;

/// <summary>What is particular to the shared store: what its calls cost, how it starts, several processes at once.</summary>
public sealed class AzureStoreTests(AzuriteFixture azurite)
{
    private static readonly byte[] One = [1];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_local_delivery_of_a_small_message_is_two_requests()
    {
        using var operations = new OperationCounter();
        await using var store = await OpenAsync(operations);
        var box = (await store.Rows.CommitAsync(new RowBatch("m!1").Insert("box", One), Cancelled)).ETags[0];
        operations.Take();

        var body = await store.Bodies.PutAsync(BodyBytes.InPieces(new byte[5_000], 1_000), new BodyHint(new RowKey("m!1", "i!1")), Cancelled);
        var batch = new RowBatch("m!1").Replace("box", One, box).Insert("i!1", One).Require(body);
        Assert.Equal(CommitOutcome.Done, (await store.Rows.CommitAsync(batch, Cancelled)).Outcome);
        Assert.Equal(["body.write ok", "row.batch ok"], operations.Take());

        await using (await store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled))
            Assert.Equal(["body.read ok"], operations.Take());
        await store.Bodies.DeleteAsync(body, Cancelled);
        Assert.Equal(["body.delete ok"], operations.Take());
    }

    [Fact]
    public async Task A_single_operation_is_a_plain_request_and_a_conflict_is_no_error()
    {
        using var operations = new OperationCounter();
        await using var store = await OpenAsync(operations);
        operations.Take();
        var etag = (await store.Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled)).ETags[0];
        await store.Rows.CommitAsync(new RowBatch("p").Replace("k", One, etag), Cancelled);
        await store.Rows.CommitAsync(new RowBatch("p").Replace("k", One, etag), Cancelled);
        await store.Rows.CommitAsync(new RowBatch("p").Delete("k"), Cancelled);
        await store.Rows.CommitAsync(new RowBatch("p"), Cancelled);
        Assert.Equal(["row.write ok", "row.write ok", "row.write conflict", "row.write ok"], operations.Take());
    }

    [Fact]
    public async Task Bodies_of_one_block_are_one_request_and_larger_ones_one_for_each_block_and_one_more()
    {
        using var operations = new OperationCounter();
        await using var store = await OpenAsync(operations);
        operations.Take();
        await store.Bodies.PutAsync(BodyBytes.InPieces(new byte[200_000], 8_000), default, Cancelled);
        Assert.Equal(["blob.write ok"], operations.Take());
        await store.Bodies.PutAsync(BodyBytes.Repeated(new byte[64 * 1024], 40), default, Cancelled);
        Assert.Equal(["blob.block ok", "blob.block ok", "blob.block ok", "blob.commit ok"], operations.Take());
    }

    [Fact]
    public async Task A_batch_may_delete_rows_that_are_not_there()
    {
        using var operations = new OperationCounter();
        await using var store = await OpenAsync(operations);
        await store.Rows.CommitAsync(new RowBatch("p").Insert("there", One), Cancelled);
        operations.Take();
        var batch = new RowBatch("p").Insert("new", One).Delete("there");
        for (var i = 0; i < 20; i++)
            batch.Delete($"gone{i}");
        Assert.Equal(CommitOutcome.Done, (await store.Rows.CommitAsync(batch, Cancelled)).Outcome);
        Assert.InRange(operations.Take().Length, 3, 25); // looked for together, not one after the other
        Assert.Null(await store.Rows.ReadAsync(new RowKey("p", "there"), Cancelled));
        Assert.NotNull(await store.Rows.ReadAsync(new RowKey("p", "new"), Cancelled));
    }

    [Fact]
    public async Task Two_processes_share_one_store_and_only_one_wins()
    {
        await using var store = await AzureStoreUnderTest.OpenAsync((await azurite.GetAsync()).ConnectionString);
        using var other = store.Open();
        await Task.WhenAll(store.Store.CreateAsync(Cancelled), other.CreateAsync(Cancelled));
        var etag = (await store.Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled)).ETags[0];
        for (var i = 0; i < 20; i++)
        {
            var batches = new[] { store.Rows, other.Rows }.Select(rows => rows.CommitAsync(
                new RowBatch("p").Replace("k", One, etag).Upsert("l", One), Cancelled).AsTask());
            var results = await Task.WhenAll(batches);
            Assert.Single(results, result => result.Outcome == CommitOutcome.Conflict);
            etag = results.Single(result => result.Outcome == CommitOutcome.Done).ETags[0];
        }
    }

    [Fact]
    public async Task A_host_makes_the_tables_before_its_other_services_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var connection = (await azurite.GetAsync()).ConnectionString;
        builder.Services.AddHostedService<EarlyWriter>();
        builder.Services.AddAzureStore(azure => (azure.ConnectionString, azure.Name) = (connection, $"t{Guid.NewGuid():n}"));
        using var host = builder.Build();
        await host.StartAsync(Cancelled);
        Assert.NotNull(await host.Services.GetRequiredService<IRowStore>().ReadAsync(new RowKey("p", "k"), Cancelled));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_start_without_the_account_ends_with_a_reason()
    {
        var connection = (await azurite.GetAsync()).ConnectionStringAt(1, 1);
        var failure = await Assert.ThrowsAsync<StorageException>(
            async () => await AzureStoreUnderTest.OpenAsync(connection, options => options.StartTimeout = TimeSpan.Zero));
        Assert.Equal("the storage account does not answer", failure.Message);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", false)] // it has no key
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=AAAA;EndpointSuffix=core.windows.net", true)]
    [InlineData("AccountName=a", false)]
    [InlineData("nonsense", false)]
    public void A_connection_string_is_known_without_asking_anybody(string text, bool valid) =>
        Assert.Equal(valid, AzureStoreOptions.IsConnectionString(text));

    private async Task<AzureStoreUnderTest> OpenAsync(OperationCounter operations) =>
        await AzureStoreUnderTest.OpenAsync((await azurite.GetAsync()).ConnectionString, meters: operations.Meters);

    private sealed class EarlyWriter(IRowStore rows) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken) =>
            await rows.CommitAsync(new RowBatch("p").Insert("k", One), cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
