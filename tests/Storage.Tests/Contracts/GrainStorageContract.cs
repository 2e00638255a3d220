using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.TestKit.Faults;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Orleans.Mail.Storage.Tests;

/// <summary>Grain storage over every backend, case by case as the runtime tests its providers.</summary>
public abstract class GrainStorageContract : StoreContract
{
    private const string Name = "state";
    private readonly GrainId grain = GrainId.Create("my-grain-type", Guid.NewGuid().ToString());
    private readonly IServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private FaultyRowStore? faulty;

    private FaultyRowStore Faulty => faulty ??= new FaultyRowStore(Rows);

    private RowStoreGrainStorage Storage => new(
        Faulty,
        new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>()),
        services.GetRequiredService<IActivatorProvider>());

    [Fact]
    public async Task A_state_that_was_never_written_is_new_and_does_not_exist()
    {
        var state = new GrainState<Sample>(new Sample { Text = "stale" }, "etag") { RecordExists = true };
        await Storage.ReadStateAsync(Name, grain, state);
        AssertNone(state);
    }

    [Theory]
    [InlineData("TestString")]
    [InlineData("Привет, мир")]
    [InlineData("")]
    public async Task What_is_written_is_read(string text)
    {
        var written = await WriteAsync(new Sample { Text = text, Number = 7 }, null);
        Assert.True(written.RecordExists);
        var read = await ReadAsync();
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(new Sample { Text = text, Number = 7 }, read.State);
    }

    [Fact]
    public async Task A_second_first_write_is_inconsistent()
    {
        var first = await WriteAsync(new Sample { Text = "first" }, null);
        var e = await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(new Sample { Text = "second" }, null));
        Assert.Equal(first.ETag, e.StoredEtag);
        Assert.Equal("first", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public async Task A_stale_write_is_inconsistent_and_changes_nothing()
    {
        var first = await WriteAsync(new Sample { Text = "1" }, null);
        var second = await WriteAsync(new Sample { Text = "2" }, first.ETag);
        Assert.NotEqual(first.ETag, second.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(new Sample { Text = "3" }, first.ETag));
        var read = await ReadAsync();
        Assert.Equal(("2", second.ETag), (read.State!.Text, read.ETag));
    }

    [Fact]
    public async Task Writing_the_same_value_changes_the_etag()
    {
        var state = await WriteAsync(new Sample { Text = "1" }, null);
        Assert.NotEqual(state.ETag, (await WriteAsync(new Sample { Text = "1" }, state.ETag)).ETag);
    }

    [Fact]
    public async Task A_cleared_state_is_new_and_can_be_written_again()
    {
        var state = await WriteAsync(new Sample { Text = "1" }, null);
        await Storage.ClearStateAsync(Name, grain, state);
        AssertNone(state);
        AssertNone(await ReadAsync());
        await Storage.ClearStateAsync(Name, grain, state);
        AssertNone(state);
        state.State = new Sample { Text = "2" };
        await Storage.WriteStateAsync(Name, grain, state);
        Assert.Equal("2", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public async Task Clearing_what_was_never_written_gives_a_new_state()
    {
        var state = new GrainState<Sample>(new Sample { Text = "stale" }) { RecordExists = true };
        await Storage.ClearStateAsync(Name, grain, state);
        AssertNone(state);
    }

    [Fact]
    public async Task A_stale_clear_is_inconsistent_and_changes_nothing()
    {
        var first = await WriteAsync(new Sample { Text = "1" }, null);
        await WriteAsync(new Sample { Text = "2" }, first.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync(Name, grain, first));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.ClearStateAsync(Name, grain, new GrainState<Sample>(new Sample())));
        Assert.Equal("2", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public async Task States_of_one_grain_and_states_of_other_grains_are_apart()
    {
        GrainId[] grains = [grain, GrainId.Create("my-grain-type", "a!b"), GrainId.Create("my-grain-type", "a_21b"),
            GrainId.Create("type", new string('ä', 300)), GrainId.Create("type", new string('ä', 301))];
        foreach (var id in grains)
        {
            foreach (var name in new[] { "first", "second" })
                await Storage.WriteStateAsync(name, id, new GrainState<Sample>(new Sample { Text = $"{id} {name}" }));
        }

        foreach (var id in grains)
        {
            foreach (var name in new[] { "first", "second" })
            {
                var read = new GrainState<Sample>(new Sample());
                await Storage.ReadStateAsync(name, id, read);
                Assert.Equal($"{id} {name}", read.State!.Text);
            }
        }
    }

    [Fact]
    public async Task Many_states_are_written_and_read_at_the_same_time()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 50), Cancelled, async (i, _) =>
        {
            var id = GrainId.Create("my-grain-type", $"parallel-{i}");
            var state = new GrainState<Sample>(new Sample { Number = i });
            for (var step = 0; step < 5; step++)
            {
                var before = state.ETag;
                await Storage.WriteStateAsync(Name, id, state);
                Assert.NotEqual(before, state.ETag);
                var read = new GrainState<Sample>(new Sample());
                await Storage.ReadStateAsync(Name, id, read);
                Assert.Equal((i, state.ETag), (read.State!.Number, read.ETag));
            }
        });
    }

    [Fact]
    public async Task A_lost_reply_is_settled()
    {
        Faulty.Commits.Next(Fault.LostReply);
        var state = await WriteAsync(new Sample { Text = "1" }, null);
        Faulty.Commits.Next(Fault.LostRequest);
        state = await WriteAsync(new Sample { Text = "2" }, state.ETag);
        Assert.Equal(state.ETag, (await ReadAsync()).ETag);
        Faulty.Commits.Next(Fault.LostReply);
        await Storage.ClearStateAsync(Name, grain, state);
        AssertNone(await ReadAsync());
    }

    [Fact]
    public async Task Trouble_leaves_the_state_as_it_was()
    {
        var state = await WriteAsync(new Sample { Text = "1" }, null);
        var etag = state.ETag;
        Faulty.Commits.Next(Fault.DiskFull);
        state.State = new Sample { Text = "2" };
        await Assert.ThrowsAsync<StorageException>(() => Storage.WriteStateAsync(Name, grain, state));
        Assert.Equal(etag, state.ETag);
        await Storage.WriteStateAsync(Name, grain, state);
        Assert.Equal("2", (await ReadAsync()).State!.Text);
    }

    private static void AssertNone(GrainState<Sample> state)
    {
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(new Sample(), state.State);
    }

    private async Task<GrainState<Sample>> WriteAsync(Sample sample, string? etag)
    {
        var state = new GrainState<Sample>(sample, etag!);
        await Storage.WriteStateAsync(Name, grain, state);
        return state;
    }

    private async Task<GrainState<Sample>> ReadAsync()
    {
        var state = new GrainState<Sample>(new Sample());
        await Storage.ReadStateAsync(Name, grain, state);
        return state;
    }
}

[GenerateSerializer, Alias("mail.tests.Sample")]
public sealed record Sample
{
    [Id(0)] public string? Text { get; init; }

    [Id(1)] public int Number { get; init; }
}
