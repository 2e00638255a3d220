namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>A disk that is full, broken or slow: every batch gets a true answer, nothing is lost, and the store goes on without a restart.</summary>
public sealed class SqliteFaultTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest store = new(options =>
    {
        options.Vfs = FaultyVfs.Use();
        options.QuietTime = TimeSpan.FromHours(1); // nothing writes but the tests
    });

    private DiskFaults Disk => DiskFaults.Of(store.Folder.Path);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Disk.Repair();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Every_commit_waits_for_an_fsync_of_the_log()
    {
        for (var i = 0; i < 5; i++)
        {
            var before = Disk.Syncs;
            Assert.Equal(CommitOutcome.Done, (await InsertAsync($"k{i}", 100)).Outcome);
            Assert.True(Disk.Syncs > before);
        }
    }

    [Fact]
    public async Task All_that_wait_share_one_fsync()
    {
        var before = 0;
        var commits = await GroupAsync(Enumerable.Range(0, 50).Select(i => ($"k{i}", 100)), () => before = Disk.Syncs);
        Assert.All(commits, commit => Assert.Equal(CommitOutcome.Done, commit.Result.Outcome));
        Assert.Equal(before + 1, Disk.Syncs);
    }

    [Fact]
    public async Task A_disk_that_is_full_inside_a_group_fails_what_does_not_fit()
    {
        var commits = await GroupAsync(
            Enumerable.Range(0, 40).Select(i => ($"k{i}", i == 20 ? 400_000 : 2_000)), () => Disk.LeaveRoom(300_000));
        Assert.Equal("the disk is full", Assert.IsType<StorageException>(commits[20].Exception?.InnerException).Message);
        var done = commits.Count(commit => commit.IsCompletedSuccessfully);
        Assert.InRange(done, 1, 39);
        await AssertStoredAsync(commits);
        Disk.Repair();
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("again", 400_000)).Outcome);
        await store.ReopenAsync();
        await AssertStoredAsync(commits);
    }

    [Fact]
    public async Task A_full_disk_takes_nothing_until_there_is_room()
    {
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("before", 100)).Outcome);
        Disk.LeaveRoom(0);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<StorageException>(() => InsertAsync("full", 100));
        Assert.NotNull(await ReadAsync("before"));
        Disk.Repair();
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("full", 100)).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_at_commit_is_unknown_while_nothing_can_be_written_and_does_not_come_back_later(bool writes)
    {
        var commits = await GroupAsync(
            Enumerable.Range(0, 20).Select(i => ($"k{i}", 1_000)), writes ? Disk.Break : () => Disk.FailSyncs(2));
        Assert.All(commits, commit => Assert.Equal(CommitOutcome.Unknown, commit.Result.Outcome));
        Assert.Null(await ReadAsync("k0"));
        Disk.Repair();
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("after", 100)).Outcome);
        await AssertCrashedStoreHasAsync("after", "k0", "k19");
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("k0", 1_000)).Outcome);
    }

    [Fact]
    public async Task An_error_at_one_fsync_is_settled_as_not_written()
    {
        var commits = await GroupAsync(
            Enumerable.Range(0, 20).Select(i => ($"k{i}", 1_000)), () => Disk.FailSyncs(1));
        Assert.All(commits, commit => Assert.IsType<StorageException>(commit.Exception?.InnerException));
        await AssertCrashedStoreHasAsync("first", "k0", "k19");
        Assert.Equal(CommitOutcome.Done, (await InsertAsync("k0", 1_000)).Outcome);
    }

    [Fact]
    public async Task A_body_whose_transaction_failed_still_waits_for_the_next_one()
    {
        var bytes = BodyBytes.Random(5_000);
        var body = await store.Bodies.PutAsync(BodyBytes.Whole(bytes), default, Cancelled);
        Disk.LeaveRoom(0);
        await Assert.ThrowsAsync<StorageException>(() => CommitAsync(new RowBatch("p").Insert("k", default).Require(body)));
        Assert.Equal(new BodyUsage(0, 0, 0), await store.Bodies.ReadUsageAsync(Cancelled));
        Disk.Repair();
        Assert.Equal(CommitOutcome.Done, (await CommitAsync(new RowBatch("p").Insert("k", default).Require(body))).Outcome);
        Assert.Equal(new BodyUsage(1, 5_000, 0), await store.Bodies.ReadUsageAsync(Cancelled));
        Assert.Equal(0, store.Store.PendingMemory);
    }

    [Fact]
    public async Task A_put_into_a_folder_that_cannot_be_written_fails_and_leaves_nothing()
    {
        var bodies = Path.Combine(store.Folder.Path, "bodies");
        Directory.Delete(bodies, recursive: true);
        await File.WriteAllTextAsync(bodies, "in the way", Cancelled);
        await Assert.ThrowsAsync<StorageException>(
            async () => await store.Bodies.PutAsync(BodyBytes.InPieces(new byte[500_000], 10_000), default, Cancelled));
        Assert.Equal(0, store.Store.PendingMemory);
        File.Delete(bodies);
        Directory.CreateDirectory(bodies);
        var body = await store.Bodies.PutAsync(BodyBytes.InPieces(new byte[500_000], 10_000), default, Cancelled);
        Assert.Equal(500_000, body.Size);
    }

    // Makes all these commits one group: they come while the writer waits for the fsync of an earlier one.
    private async Task<Task<CommitResult>[]> GroupAsync(IEnumerable<(string Key, int Length)> rows, Action beforeIt)
    {
        using var hung = Disk.HangSyncs();
        var first = InsertAsync("first", 1);
        await hung.Reached.WaitAsync(Cancelled);
        var commits = rows.Select(row => InsertAsync(row.Key, row.Length)).ToArray();
        Disk.OnNextWrite(beforeIt);
        hung.Dispose();
        Assert.Equal(CommitOutcome.Done, (await first).Outcome);
        await Task.WhenAll(commits.Select(commit => commit.ContinueWith(static _ => { }, TaskScheduler.Default))).WaitAsync(Cancelled);
        return commits;
    }

    private async Task AssertStoredAsync(Task<CommitResult>[] commits)
    {
        for (var i = 0; i < commits.Length; i++)
            Assert.Equal(commits[i].IsCompletedSuccessfully, await ReadAsync($"k{i}") is not null);
    }

    private async Task AssertCrashedStoreHasAsync(string there, params string[] notThere)
    {
        using var copy = store.Folder.Copy();
        await using var crashed = store.Open(copy.Path);
        Assert.NotNull(await crashed.Rows.ReadAsync(new RowKey("p", there), Cancelled));
        foreach (var key in notThere)
            Assert.Null(await crashed.Rows.ReadAsync(new RowKey("p", key), Cancelled));
    }

    private Task<CommitResult> InsertAsync(string key, int length) => CommitAsync(new RowBatch("p").Insert(key, new byte[length]));

    private Task<CommitResult> CommitAsync(RowBatch batch) => store.Rows.CommitAsync(batch, Cancelled).AsTask();

    private async Task<Row?> ReadAsync(string key) => await store.Rows.ReadAsync(new RowKey("p", key), Cancelled);
}
