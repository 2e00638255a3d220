using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>Waiting bodies: their memory, their age, their ids.</summary>
[Collection(nameof(Alone))]
public sealed class SqliteBodyTests : IAsyncDisposable
{
    private const long Budget = 100_000;
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly SqliteStoreUnderTest store;

    public SqliteBodyTests() => store = new SqliteStoreUnderTest(static options => options.PendingBodyBudget = Budget, time);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Waiting_bodies_past_the_budget_are_spilled_and_come_back_as_they_were()
    {
        var bodies = new List<(BodyRef Body, byte[] Bytes)>();
        for (var i = 0; i < 40; i++)
        {
            var bytes = BodyBytes.Random(5_000 + i);
            bodies.Add((await store.Bodies.PutAsync(BodyBytes.InPieces(bytes, 700), default, Cancelled), bytes));
            Assert.InRange(store.Store.PendingMemory, 1, Budget);
        }

        var spilled = bodies.Count(body => body.Body.Place == BodyPlace.File);
        Assert.InRange(spilled, 20, 35);
        Assert.Equal(spilled, (await store.Bodies.ReadUsageAsync(Cancelled)).Pending);
        foreach (var (body, bytes) in bodies)
        {
            Assert.Equal(bytes, await ReadAsync(body));
            await RequireAsync(body);
            Assert.Equal(bytes, await ReadAsync(body));
        }

        Assert.Equal(0, store.Store.PendingMemory);
        Assert.Equal(0, (await store.Bodies.ReadUsageAsync(Cancelled)).Pending);
    }

    [Fact]
    public async Task Bodies_that_nobody_requires_are_given_up_after_their_time()
    {
        var small = await PutAsync(5_000);
        var large = await PutAsync(500_000);
        time.Advance(TimeSpan.FromMinutes(4));
        var young = await PutAsync(5_000);
        time.Advance(TimeSpan.FromMinutes(2));
        await store.Store.DropAbandonedAsync(Cancelled);
        while (store.Folder.Files("bodies").Any())
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancelled); // the keeper, whose time has come too, may have been faster and not be done
        Assert.Equal(CommitOutcome.BodyMissing, await RequireAsync(small));
        Assert.Equal(CommitOutcome.BodyMissing, await RequireAsync(large));
        Assert.Equal(CommitOutcome.Done, await RequireAsync(young));
    }

    [Fact]
    public async Task Durable_bodies_are_never_given_up()
    {
        var large = await PutAsync(500_000);
        await RequireAsync(large);
        time.Advance(TimeSpan.FromHours(1));
        await store.Store.DropAbandonedAsync(Cancelled);
        Assert.Equal(500_000, (await ReadAsync(large)).Length);
    }

    [Fact]
    public async Task A_body_of_64_MB_needs_a_few_MB_of_memory()
    {
        var piece = BodyBytes.Random(64 * 1024);
        await PutAsync(1_000_000); // warms the pools
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var put = store.Bodies.PutAsync(BodyBytes.Repeated(piece, 1024), default, Cancelled).AsTask();
        var peak = 0L;
        while (!put.IsCompleted)
        {
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            await Task.Yield();
        }

        var body = await put;
        Assert.Equal(64L * 1024 * 1024, body.Size);
        Assert.InRange(peak - before, long.MinValue, 4L * 1024 * 1024);
        Assert.Equal(CommitOutcome.Done, await RequireAsync(body));

        await using var stream = await store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled);
        var read = new byte[piece.Length];
        for (var i = 0; i < 1024; i++)
        {
            await stream.ReadExactlyAsync(read, Cancelled);
            Assert.True(read.AsSpan().SequenceEqual(piece));
        }

        Assert.Equal(0, await stream.ReadAsync(read, Cancelled));
    }

    [Fact]
    public async Task A_body_that_is_deleted_while_it_is_read_is_read_to_its_end()
    {
        foreach (var length in new[] { 5_000, 500_000 })
        {
            var body = await PutAsync(length);
            await RequireAsync(body);
            await using var stream = await store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled);
            Assert.Equal(1, await stream.ReadAsync(new byte[1], Cancelled));
            await store.Bodies.DeleteAsync(body, Cancelled);
            using var rest = new MemoryStream();
            await stream.CopyToAsync(rest, Cancelled);
            Assert.Equal(length - 1, rest.Length);
        }
    }

    [Fact]
    public void Ids_grow_whatever_the_clock_does()
    {
        var clock = new AnyTime { Now = DateTimeOffset.UnixEpoch.AddYears(50) };
        var ids = new BodyIds(stored: 0, clock);
        var last = ids.Start;
        foreach (var minutes in new[] { 0, 1, 0, -600, -600, 5 })
        {
            clock.Now = DateTimeOffset.UnixEpoch.AddYears(50).AddMinutes(minutes);
            var id = ids.Next();
            Assert.True(id > last);
            last = id;
        }

        // A restart with the clock set back, and all bodies deleted meanwhile.
        clock.Now = DateTimeOffset.UnixEpoch.AddYears(40);
        var again = new BodyIds(stored: last, clock);
        Assert.True(again.Next() > last);
        Assert.True(new BodyIds(0, new AnyTime { Now = DateTimeOffset.UnixEpoch.AddYears(200) }).Next() > 0);
    }

    private async Task<BodyRef> PutAsync(int length) =>
        await store.Bodies.PutAsync(BodyBytes.Whole(new byte[length]), default, Cancelled);

    private async Task<CommitOutcome> RequireAsync(BodyRef body) =>
        (await store.Rows.CommitAsync(new RowBatch("p").Upsert($"k{body.Low:x}", default).Require(body), Cancelled)).Outcome;

    private async Task<byte[]> ReadAsync(BodyRef body)
    {
        await using var stream = await store.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancelled);
        return copy.ToArray();
    }

    private sealed class AnyTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>Tests that measure memory, in which what others do beside them would count.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
