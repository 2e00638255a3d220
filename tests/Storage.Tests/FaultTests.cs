using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Storage.Tests.Sqlite;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Storage.Tests;

/// <summary>The decorators do what a test asks of them, and settling copes with it.</summary>
public sealed class FaultTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest store = new();
    private readonly FaultyRowStore rows;
    private readonly FaultyBodyStore bodies;

    public FaultTests()
    {
        rows = new FaultyRowStore(store.Rows);
        bodies = new FaultyBodyStore(store.Bodies);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task An_error_comes_before_anything_is_written()
    {
        rows.Commits.Next(Fault.DiskFull, times: 2);
        await Assert.ThrowsAsync<StorageException>(() => InsertAsync("k"));
        await Assert.ThrowsAsync<StorageException>(() => InsertAsync("k"));
        Assert.Equal(CommitOutcome.Done, await InsertAsync("k"));
        Assert.Equal(3, rows.Commits.Calls);
    }

    [Fact]
    public async Task A_lost_reply_comes_after_the_commit_and_a_lost_request_instead_of_it()
    {
        rows.Commits.Next(Fault.LostReply).Next(Fault.LostRequest);
        Assert.Equal(CommitOutcome.Unknown, await InsertAsync("reply"));
        Assert.Equal(CommitOutcome.Unknown, await InsertAsync("request"));
        Assert.NotNull(await rows.ReadAsync(new RowKey("p", "reply"), Cancelled));
        Assert.Null(await rows.ReadAsync(new RowKey("p", "request"), Cancelled));
    }

    [Fact]
    public async Task What_is_on_stays_on_until_it_is_switched_off_and_the_next_ones_go_first()
    {
        rows.Commits.Skip();
        using (rows.Commits.While(Fault.Error))
        {
            Assert.Equal(CommitOutcome.Done, await InsertAsync("first"));
            await Assert.ThrowsAsync<StorageException>(() => InsertAsync("second"));
            await Assert.ThrowsAsync<StorageException>(() => InsertAsync("third"));
        }

        Assert.Equal(CommitOutcome.Done, await InsertAsync("fourth"));
    }

    [Fact]
    public async Task A_delay_takes_its_time_and_a_hold_its_release()
    {
        var time = new FakeTimeProvider();
        rows.Commits.Next(Fault.Delay(TimeSpan.FromSeconds(3), time));
        var slow = InsertAsync("slow");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(slow.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CommitOutcome.Done, await slow.WaitAsync(Cancelled));

        var release = new TaskCompletionSource();
        rows.Reads.Next(Fault.Hold(release.Task));
        var held = rows.ReadAsync(new RowKey("p", "slow"), Cancelled).AsTask();
        Assert.False(held.IsCompleted);
        release.SetResult();
        Assert.NotNull(await held.WaitAsync(Cancelled));
    }

    [Fact]
    public async Task Bodies_fail_on_demand_too()
    {
        bodies.Puts.Next(Fault.DiskFull).Next(Fault.LostReply);
        await Assert.ThrowsAsync<StorageException>(() => PutAsync());
        await Assert.ThrowsAsync<StorageException>(() => PutAsync());
        var body = await PutAsync();
        bodies.Reads.Next(Fault.Error);
        await Assert.ThrowsAsync<StorageException>(async () => await bodies.OpenReadAsync(body, BodyRange.All, Cancelled));
        bodies.Deletes.Next(Fault.LostReply);
        await Assert.ThrowsAsync<StorageException>(async () => await bodies.DeleteAsync(body, Cancelled));
        await bodies.DeleteAsync(body, Cancelled);
    }

    [Fact]
    public async Task Settling_finds_out_what_happened()
    {
        rows.Commits.Next(Fault.LostReply);
        var batch = new RowBatch("p").Insert("k", new byte[] { 1 });
        var result = await rows.CommitSettledAsync(batch, Cancelled);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
        Assert.Equal((await rows.ReadAsync(new RowKey("p", "k"), Cancelled))!.ETag, result.ETags[0]);

        rows.Commits.Next(Fault.LostRequest);
        var other = await rows.CommitSettledAsync(new RowBatch("p").Insert("k", new byte[] { 2 }), Cancelled);
        Assert.Equal(CommitOutcome.Conflict, other.Outcome);

        rows.Commits.Next(Fault.LostReply);
        Assert.Equal(CommitOutcome.Done, (await rows.CommitSettledAsync(new RowBatch("p").Delete("k", result.ETags[0]), Cancelled)).Outcome);

        rows.Commits.Next(Fault.LostReply, times: 2);
        await Assert.ThrowsAsync<StorageException>(
            async () => await rows.CommitSettledAsync(new RowBatch("p").Insert("k", default), Cancelled));
    }

    private async Task<CommitOutcome> InsertAsync(string key) =>
        (await rows.CommitAsync(new RowBatch("p").Insert(key, default), Cancelled)).Outcome;

    private async Task<BodyRef> PutAsync() => await bodies.PutAsync(BodyBytes.Whole([1]), default, Cancelled);
}
