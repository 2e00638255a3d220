namespace Orleans.Mail.Storage.Tests;

/// <summary>The limits of a batch are enforced while it is built.</summary>
public sealed class RowBatchTests
{
    [Fact]
    public void A_value_has_at_most_512_KiB()
    {
        new RowBatch("p").Insert("k", new byte[StoreLimits.ValueLength]);
        Assert.Throws<ArgumentException>(() => new RowBatch("p").Insert("k", new byte[StoreLimits.ValueLength + 1]));
    }

    [Fact]
    public void A_batch_has_at_most_100_operations()
    {
        var batch = new RowBatch("p");
        for (var i = 0; i < 100; i++)
            batch.Delete($"k{i}");
        Assert.Throws<ArgumentException>(() => batch.Delete("one-more"));
    }

    [Fact]
    public void A_batch_has_at_most_2_MiB()
    {
        var batch = new RowBatch("p");
        for (var i = 0; i < 4; i++)
            batch.Insert($"k{i}", new byte[StoreLimits.ValueLength]);
        batch.Insert("empty", default);
        Assert.Throws<ArgumentException>(() => batch.Insert("k", new byte[1]));
    }

    [Fact]
    public void A_key_stands_once_in_a_batch()
    {
        var batch = new RowBatch("p").Insert("k", default).Insert("K", default);
        Assert.Throws<ArgumentException>(() => batch.Delete("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ü")]
    public void Names_keep_the_rules(string name)
    {
        Assert.Throws<ArgumentException>(() => new RowBatch(name));
        Assert.Throws<ArgumentException>(() => new RowBatch("p").Upsert(name, default));
    }

    [Fact]
    public void Every_batch_has_an_id_of_its_own_that_is_not_negative()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => new RowBatch("p").Id.Value).ToArray();
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id >= 0));
    }
}
