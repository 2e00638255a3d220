using System.IO.Pipelines;

namespace Orleans.Mail.Storage.Tests;

/// <summary>What every <see cref="IBodyStore"/> keeps, gives back and gives up.</summary>
public abstract class BodyStoreContract : StoreContract
{
    /// <summary>Sizes around every border: 0 = none, -1, 0, +1 about the largest small body.</summary>
    public static TheoryData<int, int> Sizes => new()
    {
        { 0, 0 }, { 0, 1 }, { 0, 4095 }, { 0, 4096 }, { 0, 4097 }, { 0, 5000 }, { 1, -1 }, { 1, 0 }, { 1, 1 }, { 1, 1_000_000 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_body_comes_back_as_it_was_before_and_after_its_commit_and_after_a_restart(int thresholds, int more)
    {
        var bytes = BodyBytes.Random((thresholds * Store.SmallBody) + more);
        var body = await PutAsync(BodyBytes.InPieces(bytes, 1000));
        Assert.Equal(bytes.Length, body.Size);
        Assert.False(body.Shared);
        Assert.Equal(bytes, await ReadAllAsync(body));
        await RequireAsync(body);
        Assert.Equal(bytes, await ReadAllAsync(body));
        await Store.ReopenAsync();
        Assert.Equal(bytes, await ReadAllAsync(body));
    }

    [Fact]
    public async Task The_largest_small_body_is_the_last_one_beside_the_rows()
    {
        Assert.Equal(BodyPlace.Row, (await PutAsync(BodyBytes.Whole(new byte[Store.SmallBody]))).Place);
        Assert.Equal(BodyPlace.File, (await PutAsync(BodyBytes.Whole(new byte[Store.SmallBody + 1]))).Place);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public async Task A_part_is_the_part(int length)
    {
        var bytes = BodyBytes.Random(length);
        var body = await PutAsync(BodyBytes.Whole(bytes));
        await RequireAsync(body);
        foreach (var (offset, count) in new (long, long?)[]
            { (0, 10), (0, length), (0, length + 1L), (10, 20), (10, null), (length - 1, null), (length, null), (length + 1, 5), (7, 0) })
        {
            var from = (int)Math.Min(offset, length);
            var part = bytes.AsSpan(from, (int)Math.Min(count ?? length, length - from)).ToArray();
            Assert.Equal(part, await ReadAllAsync(body, new BodyRange(offset, count)));
        }
    }

    [Fact]
    public async Task Bodies_have_different_ids()
    {
        var bodies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => PutAsync(BodyBytes.Whole([1])))));
        Assert.Equal(200, bodies.Select(body => (body.High, body.Low)).Distinct().Count());
    }

    [Fact]
    public async Task A_body_that_was_never_put_is_missing()
    {
        var body = (await PutAsync(BodyBytes.Whole([1]))) with { Shared = true };
        var unknown = body with { Low = body.Low + 1_000_000 };
        var result = await CommitAsync(new RowBatch("p").Insert("k", default).Require(body).Require(unknown));
        Assert.Equal((CommitOutcome.BodyMissing, 1), (result.Outcome, result.Index));
        Assert.Null(await ReadAsync("p", "k"));
        await Assert.ThrowsAsync<StorageException>(() => ReadAllAsync(unknown));
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public async Task A_deleted_body_is_gone_and_deleting_it_again_is_fine(int length)
    {
        var body = await PutAsync(BodyBytes.Whole(new byte[length]));
        await RequireAsync(body);
        await Bodies.DeleteAsync(body, Cancelled);
        await Bodies.DeleteAsync(body, Cancelled);
        await Assert.ThrowsAsync<StorageException>(() => ReadAllAsync(body));
        Assert.Equal(CommitOutcome.BodyMissing, (await CommitAsync(new RowBatch("p").Upsert("k", default).Require(body with { Shared = true }))).Outcome);
        Assert.Equal(new BodyUsage(0, 0, 0), await ReadUsageAsync());
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public async Task A_body_given_up_before_any_row_is_gone(int length)
    {
        var body = await PutAsync(BodyBytes.Whole(new byte[length]));
        await Bodies.DeleteAsync(body, Cancelled);
        Assert.Equal(CommitOutcome.BodyMissing, (await CommitAsync(new RowBatch("p").Upsert("k", default).Require(body with { Shared = true }))).Outcome);
        Assert.Equal(new BodyUsage(0, 0, 0), await ReadUsageAsync());
        Assert.Empty(await ScanAllAsync(10));
    }

    [Fact]
    public async Task Many_batches_may_require_one_body_at_the_same_time()
    {
        var bytes = BodyBytes.Random(5_000);
        var body = await PutAsync(BodyBytes.Whole(bytes));
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(
            i => Task.Run(() => CommitAsync(new RowBatch($"p{i}").Insert("k", default).Require(body)))));
        Assert.All(results, result => Assert.Equal(CommitOutcome.Done, result.Outcome));
        Assert.Equal(new BodyUsage(1, 5_000, 0), await ReadUsageAsync());
        Assert.Equal(bytes, await ReadAllAsync(body));
    }

    [Fact]
    public async Task A_conflict_leaves_the_body_for_the_next_batch()
    {
        var body = await PutAsync(BodyBytes.Whole(BodyBytes.Random(5_000)));
        await DoneAsync(new RowBatch("p").Insert("k", default));
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(new RowBatch("p").Insert("k", default).Require(body))).Outcome);
        await DoneAsync(new RowBatch("p").Insert("other", default).Require(body));
        Assert.Equal(5_000, (await ReadAllAsync(body)).Length);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(500_000)]
    public async Task A_body_that_breaks_off_leaves_nothing(int length)
    {
        var before = await FootprintAsync();
        var reason = new IOException("the connection broke");
        var reader = BodyBytes.Broken(new byte[length], reason);
        var thrown = await Assert.ThrowsAnyAsync<IOException>(() => PutAsync(reader));
        Assert.True(thrown == reason || thrown.InnerException == reason);
        Assert.Equal(new BodyUsage(0, 0, 0), await ReadUsageAsync());
        Assert.Equal(before, await FootprintAsync());
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(500_000)]
    public async Task A_cancelled_put_leaves_nothing(int length)
    {
        var before = await FootprintAsync();
        var end = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        var put = Bodies.PutAsync(BodyBytes.Endless(new byte[length], end.Task), default, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        end.SetResult();
        Assert.Equal(before, await FootprintAsync());
    }

    [Fact]
    public async Task The_scan_pages_over_all_bodies_with_what_was_hinted()
    {
        var holder = new RowKey("m!1", "i!2");
        var put = new List<BodyRef>();
        for (var i = 0; i < 7; i++)
        {
            var length = i % 3 == 0 ? Store.SmallBody + 1 : i;
            var body = await Bodies.PutAsync(
                BodyBytes.Whole(new byte[length]), new BodyHint(i % 2 == 0 ? holder : null), Cancelled);
            await RequireAsync(body);
            put.Add(body);
        }

        foreach (var limit in new[] { 1, 3, 7, 1000 })
        {
            var all = await ScanAllAsync(limit);
            Assert.Equal(put.OrderBy(body => body.Low), all.Select(body => body.Body with { Shared = false }).OrderBy(body => body.Low));
            foreach (var (body, i) in put.Select((body, i) => (body, i)))
            {
                var stored = all.Single(stored => stored.Body.Low == body.Low);
                Assert.Equal(i % 2 == 0 ? holder : null, stored.SoleHolder);
                Assert.InRange(stored.Created, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
            }
        }
    }

    [Fact]
    public async Task Usage_counts_what_is_durable_and_survives_a_restart()
    {
        var small = await PutAsync(BodyBytes.Whole(new byte[1_000]));
        var large = await PutAsync(BodyBytes.Whole(new byte[Store.SmallBody + 1]));
        await RequireAsync(small);
        await RequireAsync(large);
        var usage = new BodyUsage(2, 1_000 + Store.SmallBody + 1, 0);
        Assert.Equal(usage, await ReadUsageAsync());
        await Store.ReopenAsync();
        Assert.Equal(usage, await ReadUsageAsync());
        await Bodies.DeleteAsync(large, Cancelled);
        Assert.Equal(new BodyUsage(1, 1_000, 0), await ReadUsageAsync());
    }

    [Fact]
    public async Task Ids_do_not_come_back_after_deletion_and_restart()
    {
        var seen = new HashSet<ulong>();
        for (var i = 0; i < 3; i++)
        {
            var body = await PutAsync(BodyBytes.Whole([1]));
            await RequireAsync(body);
            await Bodies.DeleteAsync(body, Cancelled);
            Assert.True(seen.Add(body.Low));
            await Store.ReopenAsync();
        }
    }

    /// <summary>Something that grows when a put leaves anything behind.</summary>
    protected abstract ValueTask<long> FootprintAsync();

    protected async Task<BodyUsage> ReadUsageAsync()
    {
        await Store.CountAsync();
        return await Bodies.ReadUsageAsync(Cancelled);
    }

    protected async Task<BodyRef> PutAsync(PipeReader reader) => await Bodies.PutAsync(reader, default, Cancelled);

    protected Task RequireAsync(BodyRef body) => DoneAsync(new RowBatch("bodies").Upsert($"k{body.Low:x}", default).Require(body));

    protected async Task<byte[]> ReadAllAsync(BodyRef body, BodyRange? range = null)
    {
        await using var stream = await Bodies.OpenReadAsync(body, range ?? BodyRange.All, Cancelled);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancelled);
        Assert.Equal(copy.Length, stream.Length);
        return copy.ToArray();
    }

    private async Task<List<StoredBody>> ScanAllAsync(int limit)
    {
        var all = new List<StoredBody>();
        string? cursor = null;
        do
        {
            var page = await Bodies.ScanAsync(cursor, limit, Cancelled);
            Assert.True(page.Bodies.Count <= limit);
            all.AddRange(page.Bodies);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }
}
