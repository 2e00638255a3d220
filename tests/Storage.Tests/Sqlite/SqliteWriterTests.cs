using Microsoft.Extensions.Time.Testing;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>What callers of a slow writer get: time limits, cancellation, back-pressure.</summary>
public sealed class SqliteWriterTests : IAsyncDisposable
{
    private const int QueueLength = 8;

    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly SqliteStoreUnderTest store;

    public SqliteWriterTests() => store = new SqliteStoreUnderTest(
        static options =>
        {
            options.Vfs = FaultyVfs.Use();
            options.QuietTime = TimeSpan.FromHours(1);
            options.QueueLength = QueueLength;
            options.PendingBodyAge = TimeSpan.FromSeconds(10);
        },
        time);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private DiskFaults Disk => DiskFaults.Of(store.Folder.Path);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_commit_that_hangs_is_unknown_and_one_that_had_not_begun_is_not_written()
    {
        using var hung = Disk.HangSyncs();
        var begun = InsertAsync("begun");
        await hung.Reached.WaitAsync(Cancelled);
        var waiting = InsertAsync("waiting");
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(CommitOutcome.Unknown, (await begun.WaitAsync(Cancelled)).Outcome);
        await Assert.ThrowsAsync<StorageException>(() => waiting.WaitAsync(Cancelled));
        hung.Dispose();
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("after")).Outcome);
        Assert.NotNull(await ReadAsync("begun"));
        Assert.Null(await ReadAsync("waiting"));
    }

    [Fact]
    public async Task A_commit_is_cancelled_until_the_writer_begins_with_it()
    {
        using var hung = Disk.HangSyncs();
        using var cancel = new CancellationTokenSource();
        var begun = InsertAsync("begun", cancel.Token);
        await hung.Reached.WaitAsync(Cancelled);
        var waiting = InsertAsync("waiting", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Cancelled));
        hung.Dispose();
        Assert.Equal(CommitOutcome.Done, (await begun.WaitAsync(Cancelled)).Outcome);
        await InsertAsync("after");
        Assert.Null(await ReadAsync("waiting"));
    }

    [Fact]
    public async Task Reads_do_not_wait_for_the_writer()
    {
        await InsertAsync("before");
        using var hung = Disk.HangSyncs();
        var commit = InsertAsync("hanging");
        await hung.Reached.WaitAsync(Cancelled);
        Assert.NotNull(await ReadAsync("before"));
        Assert.Null(await ReadAsync("hanging")); // what is not durable is not seen
        hung.Dispose();
        await commit;
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_takes_them_in_order()
    {
        var hung = Disk.HangSyncs();
        using (hung)
        {
            var first = InsertAsync("first");
            await hung.Reached.WaitAsync(Cancelled);
            var commits = Enumerable.Range(0, 5 * QueueLength).Select(i => InsertAsync($"k{i}")).ToArray();
            using var cancel = new CancellationTokenSource();
            var late = InsertAsync("late", cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late.WaitAsync(Cancelled));
            hung.Dispose();
            Assert.All(await Task.WhenAll(commits).WaitAsync(Cancelled), result => Assert.Equal(CommitOutcome.Done, result.Outcome));
        }

        Assert.Null(await ReadAsync("late"));
    }

    [Fact]
    public async Task A_body_that_is_required_just_before_it_would_be_given_up_stays()
    {
        var body = await store.Bodies.PutAsync(BodyBytes.Whole(new byte[300_000]), default, Cancelled);
        time.Advance(TimeSpan.FromSeconds(20)); // old, and the store's own round is not yet due
        using var hung = Disk.HangSyncs();
        var first = InsertAsync("first");
        await hung.Reached.WaitAsync(Cancelled);
        var commit = store.Rows.CommitAsync(new RowBatch("p").Insert("k", default).Require(body), Cancelled).AsTask();
        var drop = store.Store.DropAbandonedAsync(Cancelled);
        hung.Dispose();
        await Task.WhenAll(first, commit, drop).WaitAsync(Cancelled);
        Assert.Equal(CommitOutcome.Done, (await commit).Outcome);
        await using var stream = await store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled);
        Assert.Equal(300_000, stream.Length);
        Assert.Equal(1, (await store.Bodies.ReadUsageAsync(Cancelled)).Bodies);
    }

    [Fact]
    public async Task Closing_does_what_waits_and_then_refuses()
    {
        var commits = Enumerable.Range(0, QueueLength).Select(i => InsertAsync($"k{i}")).ToArray();
        var rows = store.Rows;
        await store.Store.DisposeAsync();
        Assert.All(await Task.WhenAll(commits), result => Assert.Equal(CommitOutcome.Done, result.Outcome));
        await Assert.ThrowsAsync<StorageException>(
            async () => await rows.CommitAsync(new RowBatch("p").Insert("late", default), Cancelled));
        await Assert.ThrowsAsync<StorageException>(async () => await rows.ReadAsync(new RowKey("p", "k0"), Cancelled));
        await store.ReopenAsync();
        Assert.NotNull(await ReadAsync("k0"));
    }

    private Task<CommitResult> InsertAsync(string key, CancellationToken cancellationToken = default) =>
        store.Rows.CommitAsync(new RowBatch("p").Insert(key, new byte[100]), cancellationToken).AsTask();

    private async Task<Row?> ReadAsync(string key) => await store.Rows.ReadAsync(new RowKey("p", key), Cancelled);
}
