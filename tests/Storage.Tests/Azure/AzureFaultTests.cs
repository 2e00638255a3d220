using System.Diagnostics;
using Orleans.Mail.Storage.Azure;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Storage.Tests.Azure;

/// <summary>A bad network and a busy service between the store and its account: nothing is lost, nothing is done twice, nothing takes long.</summary>
public sealed class AzureFaultTests(AzuriteFixture azurite) : IAsyncLifetime
{
    /// <summary>Three requests of at most a second each, and the waits between them.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private static readonly byte[] One = [1];

    private AzureStoreUnderTest? straight;
    private TcpProxy? tables;
    private TcpProxy? blobs;
    private AzureStore? store;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private IRowStore Rows => store!.Rows;

    private IRowStore StraightRows => straight!.Rows;

    private TcpProxy Tables => tables!;

    public async ValueTask InitializeAsync()
    {
        var server = await azurite.GetAsync();
        straight = await AzureStoreUnderTest.OpenAsync(server.ConnectionString, options =>
        {
            options.NetworkTimeout = TimeSpan.FromSeconds(1);
            options.RetryDelay = TimeSpan.FromMilliseconds(20);
        });
        tables = new TcpProxy(server.TablePort);
        blobs = new TcpProxy(server.BlobPort);
        store = straight.Open(server.ConnectionStringAt(tables.Port, blobs.Port));
    }

    public async ValueTask DisposeAsync()
    {
        store!.Dispose();
        await tables!.DisposeAsync();
        await blobs!.DisposeAsync();
        await straight!.DisposeAsync();
    }

    [Theory]
    [InlineData("200 OK")]
    [InlineData("302 Found\r\nLocation: /login")]
    [InlineData("404 Not Found")]
    [InlineData("409 Conflict")]
    public async Task What_a_stranger_answers_is_neither_success_nor_a_condition(string answer)
    {
        Tables.Instead = answer;
        Assert.Equal(CommitOutcome.Unknown, (await Rows.CommitAsync(new RowBatch("p").Insert("one", One), Cancelled)).Outcome);
        Assert.Equal(CommitOutcome.Unknown, (await Rows.CommitAsync(new RowBatch("p").Insert("one", One).Insert("two", One), Cancelled)).Outcome);
        await Assert.ThrowsAsync<StorageException>(() => Rows.ReadAsync(new RowKey("p", "one"), Cancelled).AsTask());
        await Assert.ThrowsAsync<StorageException>(() => store!.Bodies.PutAsync(BodyBytes.Whole(One), default, Cancelled).AsTask());
    }

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("404 The specified container does not exist.\r\nx-ms-error-code: ContainerNotFound")]
    public async Task A_large_body_is_not_gone_because_somebody_on_the_way_finds_nothing(string answer)
    {
        var body = await store!.Bodies.PutAsync(BodyBytes.Whole(new byte[StoreLimits.ValueLength]), default, Cancelled);
        var shared = body with { Shared = true };
        blobs!.Instead = answer;
        await Assert.ThrowsAsync<StorageException>(() => store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled).AsTask());
        await Assert.ThrowsAsync<StorageException>(() => Rows.CommitAsync(new RowBatch("p").Insert("k", One).Require(shared), Cancelled).AsTask());
        blobs.Instead = null;
        Assert.Equal(CommitOutcome.Done, (await Rows.CommitAsync(new RowBatch("p").Insert("k", One).Require(shared), Cancelled)).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_commit_whose_replies_were_cut_is_done_and_done_once(int cuts)
    {
        foreach (var batch in new[] { new RowBatch("p").Insert("one", One), new RowBatch("q").Insert("a", One).Upsert("b", One).Delete("none") })
        {
            Tables.CutReplies(cuts);
            var result = await Rows.CommitAsync(batch, Cancelled);
            Assert.Equal(CommitOutcome.Done, result.Outcome);
            var row = await ReadAsync(batch.Partition, batch.Operations[0].Key);
            Assert.Equal((batch.Id, result.ETags[0]), (row!.Commit, row.ETag));
        }
    }

    [Fact]
    public async Task A_replacement_whose_reply_was_cut_gives_the_version_to_go_on_with()
    {
        var etag = (await Rows.CommitAsync(new RowBatch("p").Insert("n", One), Cancelled)).ETags[0];
        for (var i = 0; i < 5; i++)
        {
            Tables.CutReplies(1);
            var result = await Rows.CommitAsync(new RowBatch("p").Replace("n", new byte[i], etag), Cancelled);
            Assert.Equal(CommitOutcome.Done, result.Outcome);
            etag = result.ETags[0];
        }
    }

    [Fact]
    public async Task A_deletion_whose_reply_was_cut_is_done()
    {
        foreach (var conditional in new[] { true, false })
        {
            var etag = (await Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled)).ETags[0];
            Tables.CutReplies(1);
            Assert.Equal(CommitOutcome.Done, (await Rows.CommitAsync(new RowBatch("p").Delete("k", conditional ? etag : null), Cancelled)).Outcome);
            Assert.Null(await ReadAsync("p", "k"));
        }
    }

    [Fact]
    public async Task A_commit_that_never_gets_an_answer_is_unknown_in_bounded_time_and_its_row_tells()
    {
        Tables.HoldReplies(3);
        var batch = new RowBatch("p").Insert("k", One);
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(CommitOutcome.Unknown, (await Rows.CommitAsync(batch, Cancelled)).Outcome);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(2), Bound);
        Assert.Equal(batch.Id, (await ReadAsync("p", "k"))!.Commit);
    }

    [Fact]
    public async Task A_cut_reply_does_not_hide_that_somebody_else_was_first()
    {
        var first = (await Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled)).ETags[0];
        await StraightRows.CommitAsync(new RowBatch("p").Upsert("k", One), Cancelled);
        Tables.CutReplies(1);
        var stale = new RowBatch("p").Replace("k", One, first);
        Assert.Equal(CommitOutcome.Unknown, (await Rows.CommitAsync(stale, Cancelled)).Outcome);
        Assert.Equal(CommitOutcome.Conflict, (await Rows.CommitSettledAsync(stale, Cancelled)).Outcome);
        Assert.NotEqual(stale.Id, (await ReadAsync("p", "k"))!.Commit);
    }

    [Fact]
    public async Task A_busy_service_is_an_error_without_a_write_and_soon_told()
    {
        Tables.Instead = TcpProxy.Busy;
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<StorageException>(async () => await Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled));
        await Assert.ThrowsAsync<StorageException>(async () => await Rows.CommitAsync(new RowBatch("p").Insert("k", One).Insert("l", One), Cancelled));
        await Assert.ThrowsAsync<StorageException>(async () => await Rows.ReadAsync(new RowKey("p", "k"), Cancelled));
        await Assert.ThrowsAsync<StorageException>(async () => await store!.Bodies.PutAsync(BodyBytes.Whole(One), default, Cancelled));
        Assert.InRange(Tables.Requests, 12, 40); // three tries each, and no more
        Assert.True(Stopwatch.GetElapsedTime(started) < Bound);
        Tables.Instead = null;
        Assert.Null(await ReadAsync("p", "k"));
        Assert.Equal(CommitOutcome.Done, (await Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled)).Outcome);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_an_error_without_a_write()
    {
        await Tables.DisposeAsync();
        await Assert.ThrowsAsync<StorageException>(async () => await Rows.CommitAsync(new RowBatch("p").Insert("k", One), Cancelled));
        tables = new TcpProxy((await azurite.GetAsync()).TablePort);
    }

    [Fact]
    public async Task A_caller_who_goes_away_in_the_middle_gets_an_unknown_outcome()
    {
        Tables.HoldReplies(1);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromMilliseconds(300));
        Assert.Equal(CommitOutcome.Unknown, (await Rows.CommitAsync(new RowBatch("p").Insert("k", One), patience.Token)).Outcome);
    }

    [Fact]
    public async Task Half_a_second_of_latency_only_costs_time()
    {
        Tables.Delay = TimeSpan.FromMilliseconds(500);
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Rows.CommitAsync(new RowBatch($"p{i}").Insert("k", One).Insert("l", One), Cancelled).AsTask()));
        Assert.All(results, result => Assert.Equal(CommitOutcome.Done, result.Outcome));
        var body = await store!.Bodies.PutAsync(BodyBytes.Whole(One), default, Cancelled);
        await using var stream = await store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled);
        Assert.Equal(1, stream.Length);
    }

    [Fact]
    public async Task Counters_lose_and_double_no_step_while_replies_are_cut()
    {
        await Rows.CommitAsync(new RowBatch("p").Insert("n", default), Cancelled);
        var steps = 0;
        async Task CountAsync()
        {
            for (var done = 0; done < 10;)
            {
                var row = await Rows.ReadAsync(new RowKey("p", "n"), Cancelled);
                if (Random.Shared.Next(3) == 0)
                    Tables.CutReplies(1);
                var batch = new RowBatch("p").Replace("n", new byte[row!.Value.Length + 1], row.ETag);
                var result = await Rows.CommitSettledAsync(batch, Cancelled);
                if (result.Outcome != CommitOutcome.Done)
                    continue;
                done++;
                Interlocked.Increment(ref steps);
            }
        }

        await CountAsync(); // one writer: what is done is exact
        Assert.Equal(steps, (await ReadAsync("p", "n"))!.Value.Length);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(3_000_000)]
    public async Task A_body_whose_replies_were_cut_is_put_once(int length)
    {
        var bytes = BodyBytes.Random(length);
        Tables.CutReplies(1);
        blobs!.CutReplies(2);
        var body = await store!.Bodies.PutAsync(BodyBytes.InPieces(bytes, 30_000), default, Cancelled);
        using var copy = new MemoryStream();
        await using (var stream = await straight!.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled))
            await stream.CopyToAsync(copy, Cancelled);
        Assert.Equal(bytes, copy.ToArray());
        await straight.CountAsync();
        Assert.Equal(new BodyUsage(1, length, 0), await straight.Bodies.ReadUsageAsync(Cancelled));
    }

    private async Task<Row?> ReadAsync(string partition, string key) => await StraightRows.ReadAsync(new RowKey(partition, key), Cancelled);
}
