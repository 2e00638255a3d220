namespace Orleans.Mail.Storage.Tests;

/// <summary>A backend, as the contract suites see it.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    public abstract IRowStore Rows { get; }

    public abstract IBodyStore Bodies { get; }

    /// <summary>The largest body that lies beside the rows.</summary>
    public abstract int SmallBody { get; }

    /// <summary>Closes the store and opens it again.</summary>
    public abstract ValueTask ReopenAsync();

    /// <summary>Lets a store that does not know the number of its bodies at once count them.</summary>
    public virtual ValueTask CountAsync() => ValueTask.CompletedTask;

    public abstract ValueTask DisposeAsync();
}

/// <summary>A suite: a store for each test.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private StoreUnderTest? store;

    protected StoreUnderTest Store => store!;

    protected IRowStore Rows => Store.Rows;

    protected IBodyStore Bodies => Store.Bodies;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected abstract ValueTask<StoreUnderTest> OpenAsync();

    public async ValueTask InitializeAsync() => store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<CommitResult> CommitAsync(RowBatch batch) => await Rows.CommitAsync(batch, Cancelled);

    protected async Task<ETag> DoneAsync(RowBatch batch)
    {
        var result = await CommitAsync(batch);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
        return result.ETags[0];
    }

    protected async Task<Row?> ReadAsync(string partition, string key) => await Rows.ReadAsync(new RowKey(partition, key), Cancelled);
}
