namespace Orleans.Mail.Storage.Tests;

/// <summary>Order, ranges and pages of every <see cref="IRowStore"/>.</summary>
public abstract class RowScanContract : StoreContract
{
    [Fact]
    public async Task Rows_come_in_ordinal_order_whatever_the_order_of_writing()
    {
        string[] keys = ["b", "a!b", "a.b", "a-b", "a", "A", "a@b", "a_20b", "a0", "ab", "Z", "0"];
        await WriteAsync("p", keys);
        Assert.Equal(keys.Order(StringComparer.Ordinal), await ScanAllAsync(RowRange.All("p"), 1000));
    }

    [Fact]
    public async Task A_prefix_holds_what_begins_with_it_and_nothing_else()
    {
        await WriteAsync("p", ["i", "i!", "i!1", "i!zz", "i.", "j!1", "h!9"]);
        Assert.Equal(["i!", "i!1", "i!zz"], await ScanAllAsync(RowRange.Prefix("p", "i!"), 1000));
    }

    [Fact]
    public async Task A_range_holds_its_beginning_and_leaves_out_its_end()
    {
        await WriteAsync("p", ["a", "b", "c", "d"]);
        Assert.Equal(["b", "c"], await ScanAllAsync(new RowRange("p", "b", "d"), 1000));
        Assert.Empty(await ScanAllAsync(new RowRange("p", "b", "b"), 1000));
        Assert.Empty(await ScanAllAsync(new RowRange("p", "d", "a"), 1000));
    }

    [Fact]
    public async Task After_a_key_comes_the_next_one_even_if_it_begins_with_that_key()
    {
        await WriteAsync("p", ["a", "a!", "a-", "ab"]);
        Assert.Equal(["a!", "a-", "ab"], await ScanAllAsync(RowRange.All("p").After("a"), 1000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_join_to_the_whole_without_gap_or_repetition(int limit)
    {
        string[] keys = ["a", "a!", "a!b", "b", "c", "d"];
        await WriteAsync("p", keys);
        await WriteAsync("o", ["z"]);
        await WriteAsync("q", ["a"]);
        Assert.Equal(keys, await ScanAllAsync(RowRange.All("p"), limit));
    }

    [Fact]
    public async Task The_last_page_says_so()
    {
        await WriteAsync("p", ["a", "b"]);
        Assert.Null((await Rows.ScanAsync(RowRange.All("p"), 2, Cancelled)).Next);
        Assert.NotNull((await Rows.ScanAsync(RowRange.All("p"), 1, Cancelled)).Next);
        Assert.Null((await Rows.ScanAsync(RowRange.All("empty"), 1, Cancelled)).Next);
    }

    [Fact]
    public async Task A_scan_goes_on_over_rows_that_come_and_go_between_its_pages()
    {
        await WriteAsync("p", ["a", "b", "c", "d"]);
        var first = await Rows.ScanAsync(RowRange.All("p"), 2, Cancelled);
        await DoneAsync(new RowBatch("p").Delete("b").Delete("c").Insert("a0", new byte[1]).Insert("c0", new byte[1]));
        Assert.Equal(["c0", "d"], await ScanAllAsync(first.Next!.Value, 1000));
    }

    [Fact]
    public async Task A_page_of_large_rows_may_end_early_and_the_rest_follows()
    {
        for (var i = 0; i < 20; i++)
            await DoneAsync(new RowBatch("p").Insert($"k{i:00}", new byte[StoreLimits.ValueLength]));
        Assert.Equal(20, (await ScanAllAsync(RowRange.All("p"), 1000)).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_limit_outside_of_1_to_1000_is_a_bug(int limit)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Rows.ScanAsync(RowRange.All("p"), limit, Cancelled));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Rows.ScanPartitionsAsync(PartitionRange.Prefix("p"), limit, Cancelled));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Partitions_are_listed_once_in_order(int limit)
    {
        foreach (var partition in new[] { "m!b", "m!a", "m!", "m!a!x", "n", "l" })
            await WriteAsync(partition, ["1", "2", "3"]);
        var all = new List<string>();
        PartitionRange? rest = PartitionRange.Prefix("m!");
        while (rest is { } range)
        {
            var page = await Rows.ScanPartitionsAsync(range, limit, Cancelled);
            Assert.True(page.Partitions.Count <= limit);
            all.AddRange(page.Partitions);
            rest = page.Next;
        }

        Assert.Equal(["m!", "m!a", "m!a!x", "m!b"], all);
    }

    [Fact]
    public async Task A_partition_without_rows_is_not_listed()
    {
        await WriteAsync("m!a", ["1"]);
        await DoneAsync(new RowBatch("m!a").Delete("1"));
        Assert.Empty((await Rows.ScanPartitionsAsync(PartitionRange.Prefix("m!"), 10, Cancelled)).Partitions);
    }

    private async Task WriteAsync(string partition, string[] keys)
    {
        foreach (var key in keys)
            await DoneAsync(new RowBatch(partition).Insert(key, new byte[1]));
    }

    private async Task<List<string>> ScanAllAsync(RowRange range, int limit)
    {
        var keys = new List<string>();
        RowRange? rest = range;
        while (rest is { } part)
        {
            var page = await Rows.ScanAsync(part, limit, Cancelled);
            Assert.True(page.Rows.Count <= limit);
            keys.AddRange(page.Rows.Select(row => row.Key));
            rest = page.Next;
        }

        return keys;
    }
}
