using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>The write-ahead log stays short, and the database gives free space back.</summary>
public sealed class SqliteLogTests : IAsyncDisposable
{
    private const long Limit = 4 * 1024 * 1024;

    private readonly SqliteStoreUnderTest store = new(static options =>
    {
        options.WalLimit = Limit;
        options.CheckpointSize = Limit / 4;
        options.QuietTime = TimeSpan.FromMilliseconds(20);
        options.FreeReserve = 0;
    });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task The_log_is_bounded_while_20_callers_write_without_a_pause_and_others_read()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadUntilAsync(stop.Token))).ToArray();
        var largest = 0L;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await UpsertAsync($"p{caller}", $"k{i}", 20_000);
                InterlockedMax(ref largest, LogLength);
            }
        })));
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.InRange(largest, Limit / 2, 4 * Limit); // 40 MB went through it
    }

    [Fact]
    public async Task In_quiet_moments_the_log_is_carried_over_and_its_blocks_are_used_again()
    {
        for (var burst = 0; burst < 10; burst++)
        {
            for (var i = 0; i < 5; i++)
                await UpsertAsync("p", $"k{i}", 50_000);
            await WaitAsync(() => store.Store.ReadLog() is var log && log.Done == log.Frames);
        }

        Assert.InRange(LogLength, 1, 1024 * 1024); // ten bursts of a quarter MB each
    }

    [Fact]
    public async Task The_log_outlives_a_restart_with_nothing_left_in_it()
    {
        await UpsertAsync("p", "k", 100_000);
        var length = LogLength;
        await store.ReopenAsync();
        Assert.Equal(length, LogLength);
        Assert.InRange(store.Store.ReadLog().Frames, 0, 3); // a mark that it was begun anew
        Assert.NotNull(await store.Rows.ReadAsync(new RowKey("p", "k"), Cancelled));
    }

    [Fact]
    public async Task A_log_lengthened_beforehand_is_used_and_recovered_like_any_other()
    {
        const int reserve = 3_000_000;
        await using var reserved = new SqliteStoreUnderTest(static options =>
        {
            options.LogReserve = reserve;
            options.QuietTime = TimeSpan.FromHours(1);
        });
        for (var i = 0; i < 20; i++)
            await reserved.Rows.CommitAsync(new RowBatch("p").Insert($"k{i:00}", new byte[20_000]), Cancelled);
        Assert.Equal(reserve, new FileInfo(Path.Combine(reserved.Folder.Path, "mail.db-wal")).Length);
        using var copy = reserved.Folder.Copy();
        await using var crashed = reserved.Open(copy.Path);
        Assert.Equal(20, (await crashed.Rows.ScanAsync(RowRange.All("p"), 1000, Cancelled)).Rows.Count);
        await reserved.ReopenAsync();
        Assert.Equal(20, (await reserved.Rows.ScanAsync(RowRange.All("p"), 1000, Cancelled)).Rows.Count);
        Assert.Equal(reserve, new FileInfo(Path.Combine(reserved.Folder.Path, "mail.db-wal")).Length);
    }

    [Fact]
    public async Task Free_space_is_given_back_in_quiet_moments()
    {
        for (var i = 0; i < 100; i++)
            await UpsertAsync("p", $"k{i}", 50_000);
        await WaitAsync(() => DatabaseLength > 4_000_000);
        for (var i = 0; i < 100; i++)
            await store.Rows.CommitAsync(new RowBatch("p").Delete($"k{i}"), Cancelled);
        await WaitAsync(() => DatabaseLength < 500_000);
    }

    [Fact]
    public async Task A_log_that_grew_under_a_backup_is_cut_when_it_begins_anew()
    {
        await UpsertAsync("p", "k", 1);
        using (await BodyHold.TakeAsync(store.Folder.Path, Cancelled))
        using (var snapshot = Database.OpenToRead(Path.Combine(store.Folder.Path, "mail.db"), 1024 * 1024))
        {
            snapshot.Execute("BEGIN");
            snapshot.ReadNumber("SELECT bodies FROM counter");
            for (var i = 0; i < 60; i++)
                await UpsertAsync("p", "k", 400_000);
            Assert.InRange(LogLength, 5 * Limit, 10 * Limit);
            snapshot.Execute("ROLLBACK");
        }

        await WaitAsync(() => store.Store.ReadLog() is var log && log.Done == log.Frames);
        await UpsertAsync("p", "k", 1);
        Assert.InRange(LogLength, 1, 4 * Limit);
    }

    private long LogLength => new FileInfo(Path.Combine(store.Folder.Path, "mail.db-wal")).Length;

    private long DatabaseLength => new FileInfo(Path.Combine(store.Folder.Path, "mail.db")).Length;

    private static void InterlockedMax(ref long place, long value)
    {
        var seen = Volatile.Read(ref place);
        while (value > seen)
            seen = Interlocked.CompareExchange(ref place, value, seen);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancelled).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    private async Task ReadUntilAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await store.Rows.ScanAsync(RowRange.All("p1"), 50, CancellationToken.None);
            await Task.Yield();
        }
    }

    private async Task UpsertAsync(string partition, string key, int length)
    {
        var result = await store.Rows.CommitAsync(new RowBatch(partition).Upsert(key, new byte[length]), Cancelled);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
    }
}
