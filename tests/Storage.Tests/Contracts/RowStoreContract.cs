namespace Orleans.Mail.Storage.Tests;

/// <summary>Conditions, atomicity, limits and durability of every <see cref="IRowStore"/>.</summary>
public abstract class RowStoreContract : StoreContract
{
    private static readonly byte[] One = [1];
    private static readonly byte[] Two = [1, 2];

    [Fact]
    public async Task A_missing_row_is_null() => Assert.Null(await ReadAsync("p", "k"));

    [Fact]
    public async Task An_inserted_row_is_read_with_its_etag_and_its_commit()
    {
        var batch = new RowBatch("p").Insert("k", Two);
        var etag = await DoneAsync(batch);
        var row = await ReadAsync("p", "k");
        Assert.Equal("k", row!.Key);
        Assert.Equal(Two, row.Value.ToArray());
        Assert.Equal(etag, row.ETag);
        Assert.Equal(batch.Id, row.Commit);
    }

    [Fact]
    public async Task Inserting_an_existing_row_is_a_conflict_and_changes_nothing()
    {
        await DoneAsync(new RowBatch("p").Insert("k", One));
        var result = await CommitAsync(new RowBatch("p").Upsert("a", Two).Insert("k", Two));
        Assert.Equal((CommitOutcome.Conflict, 1), (result.Outcome, result.Index));
        Assert.Equal(One, (await ReadAsync("p", "k"))!.Value.ToArray());
        Assert.Null(await ReadAsync("p", "a"));
    }

    [Fact]
    public async Task Replacing_needs_the_current_etag()
    {
        var first = await DoneAsync(new RowBatch("p").Insert("k", One));
        var second = await DoneAsync(new RowBatch("p").Replace("k", Two, first));
        Assert.NotEqual(first, second);
        var stale = await CommitAsync(new RowBatch("p").Replace("k", One, first));
        Assert.Equal((CommitOutcome.Conflict, 0), (stale.Outcome, stale.Index));
        Assert.Equal(Two, (await ReadAsync("p", "k"))!.Value.ToArray());
    }

    [Fact]
    public async Task Replacing_a_missing_row_is_a_conflict()
    {
        var etag = await DoneAsync(new RowBatch("p").Insert("k", One));
        await DoneAsync(new RowBatch("p").Delete("k"));
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(new RowBatch("p").Replace("k", One, etag))).Outcome);
    }

    [Fact]
    public async Task A_foreign_etag_is_a_conflict_and_not_an_error() =>
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(new RowBatch("p").Replace("k", One, new ETag("W/\"x\"")))).Outcome);

    [Fact]
    public async Task An_upsert_writes_in_any_case_and_changes_the_etag()
    {
        var first = await DoneAsync(new RowBatch("p").Upsert("k", One));
        var second = await DoneAsync(new RowBatch("p").Upsert("k", One));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Deleting_with_an_etag_needs_that_row()
    {
        var first = await DoneAsync(new RowBatch("p").Insert("k", One));
        var second = await DoneAsync(new RowBatch("p").Upsert("k", Two));
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(new RowBatch("p").Delete("k", first))).Outcome);
        await DoneAsync(new RowBatch("p").Delete("k", second));
        Assert.Null(await ReadAsync("p", "k"));
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(new RowBatch("p").Delete("k", second))).Outcome);
    }

    [Fact]
    public async Task Deleting_without_an_etag_is_idempotent()
    {
        await DoneAsync(new RowBatch("p").Insert("k", One));
        await DoneAsync(new RowBatch("p").Delete("k"));
        await DoneAsync(new RowBatch("p").Delete("k"));
        Assert.Null(await ReadAsync("p", "k"));
    }

    [Fact]
    public async Task An_etag_never_comes_back_after_delete_and_insert()
    {
        var first = await DoneAsync(new RowBatch("p").Insert("k", One));
        await DoneAsync(new RowBatch("p").Delete("k"));
        var second = await DoneAsync(new RowBatch("p").Insert("k", One));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Done_gives_the_etag_of_every_operation()
    {
        var result = await CommitAsync(new RowBatch("p").Insert("a", One).Upsert("b", One).Delete("c"));
        Assert.Equal(3, result.ETags.Count);
        Assert.Equal((await ReadAsync("p", "a"))!.ETag, result.ETags[0]);
        Assert.Equal((await ReadAsync("p", "b"))!.ETag, result.ETags[1]);
    }

    [Fact]
    public async Task The_same_batch_again_conflicts_with_its_own_write_and_the_row_tells()
    {
        var batch = new RowBatch("p").Insert("k", One);
        await DoneAsync(batch);
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(batch)).Outcome);
        Assert.Equal(batch.Id, (await ReadAsync("p", "k"))!.Commit);
    }

    [Fact]
    public async Task Partitions_are_apart()
    {
        await DoneAsync(new RowBatch("p").Insert("k", One));
        await DoneAsync(new RowBatch("p!q").Insert("k", Two));
        Assert.Equal(One, (await ReadAsync("p", "k"))!.Value.ToArray());
        Assert.Equal(Two, (await ReadAsync("p!q", "k"))!.Value.ToArray());
        Assert.Null(await ReadAsync("P", "k"));
        Assert.Null(await ReadAsync("p", "K"));
    }

    [Fact]
    public async Task The_largest_keys_values_and_batches_are_taken()
    {
        var partition = new string('p', StoreLimits.KeyLength);
        var key = new string('k', StoreLimits.KeyLength);
        var value = new byte[StoreLimits.ValueLength];
        Random.Shared.NextBytes(value);
        await DoneAsync(new RowBatch(partition).Insert(key, value));
        Assert.Equal(value, (await ReadAsync(partition, key))!.Value.ToArray());

        var batch = new RowBatch(partition);
        for (var i = 0; i < StoreLimits.BatchOperations; i++)
            batch.Insert($"n{i:000}", value.AsMemory(0, StoreLimits.BatchLength / StoreLimits.BatchOperations));
        await DoneAsync(batch);
        var page = await Rows.ScanAsync(RowRange.Prefix(partition, "n"), StoreLimits.PageRows, Cancelled);
        Assert.Equal(StoreLimits.BatchOperations, page.Rows.Count);
    }

    [Fact]
    public async Task An_empty_value_is_a_value()
    {
        await DoneAsync(new RowBatch("p").Insert("k", default));
        Assert.Equal(0, (await ReadAsync("p", "k"))!.Value.Length);
    }

    [Fact]
    public async Task An_empty_batch_is_done() => Assert.Equal(CommitOutcome.Done, (await CommitAsync(new RowBatch("p"))).Outcome);

    [Fact]
    public async Task What_is_done_is_there_after_a_restart()
    {
        var etag = await DoneAsync(new RowBatch("p").Insert("k", Two));
        await Store.ReopenAsync();
        var row = await ReadAsync("p", "k");
        Assert.Equal(etag, row!.ETag);
        Assert.Equal(Two, row.Value.ToArray());
        await DoneAsync(new RowBatch("p").Replace("k", One, etag));
    }

    [Fact]
    public async Task Of_many_inserts_of_one_row_exactly_one_is_done()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            i => Task.Run(() => CommitAsync(new RowBatch("p").Insert("k", new[] { (byte)i })))));
        Assert.Single(results, result => result.Outcome == CommitOutcome.Done);
        Assert.Equal(49, results.Count(result => result.Outcome == CommitOutcome.Conflict));
    }

    [Fact]
    public async Task Concurrent_counters_lose_no_step()
    {
        await DoneAsync(new RowBatch("p").Insert("n", One.AsMemory(0, 0)));
        async Task StepAsync()
        {
            for (var done = 0; done < 20;)
            {
                var row = await ReadAsync("p", "n");
                var value = new byte[row!.Value.Length + 1];
                if ((await CommitAsync(new RowBatch("p").Replace("n", value, row.ETag))).Outcome == CommitOutcome.Done)
                    done++;
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(StepAsync)));
        Assert.Equal(160, (await ReadAsync("p", "n"))!.Value.Length);
    }

    [Fact]
    public async Task A_cancelled_call_writes_nothing_when_it_had_not_begun()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Rows.CommitAsync(new RowBatch("p").Insert("k", One), cancelled.Token));
        Assert.Null(await ReadAsync("p", "k"));
    }
}
