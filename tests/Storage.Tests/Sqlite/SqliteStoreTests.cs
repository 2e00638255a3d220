using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>The folder of the embedded store: who may open it, and what a crash leaves.</summary>
public sealed class SqliteStoreTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest store = new(static options => options.QuietTime = TimeSpan.FromHours(1));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_folder_in_use_is_refused_and_the_message_names_the_process()
    {
        var e = Assert.Throws<StorageException>(() => store.Open(store.Folder.Path));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
        await InsertAsync("still-works");
        await store.ReopenAsync();
    }

    [Fact]
    public async Task A_database_of_a_later_release_is_refused_and_left_alone()
    {
        await store.Store.DisposeAsync();
        using (var database = Database.Open(Path.Combine(store.Folder.Path, "mail.db"), 1 << 20))
            database.Execute("PRAGMA user_version = 99");
        Assert.Contains("99", Assert.Throws<StorageException>(() => store.Open(store.Folder.Path)).Message, StringComparison.Ordinal);
        using (var database = Database.Open(Path.Combine(store.Folder.Path, "mail.db"), 1 << 20))
            database.Execute("PRAGMA user_version = 1");
        await store.ReopenAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "mail.db"), new string('x', 5000), Cancelled);
        Assert.Throws<StorageException>(() => store.Open(folder.Path));
    }

    [Fact]
    public async Task After_a_crash_what_was_done_is_there_and_waiting_bodies_leave_nothing()
    {
        var kept = await PutAsync(300_000);
        var small = await PutAsync(5_000);
        Assert.Equal(CommitOutcome.Done, (await store.Rows.CommitAsync(
            new RowBatch("p").Insert("k", default).Require(kept).Require(small), Cancelled)).Outcome);
        await PutAsync(300_000);
        await PutAsync(5_000);
        Assert.Equal(2, store.Folder.Files("bodies").Count);

        using var disk = store.Folder.Copy();
        await using var crashed = store.Open(disk.Path);
        await crashed.FirstSweep;
        Assert.Single(disk.Files("bodies"));
        Assert.Equal(new BodyUsage(2, 305_000, 0), await crashed.Bodies.ReadUsageAsync(Cancelled));
        Assert.NotNull(await crashed.Rows.ReadAsync(new RowKey("p", "k"), Cancelled));
        await using var body = await crashed.Bodies.OpenReadAsync(kept, BodyRange.All, Cancelled);
        Assert.Equal(300_000, body.Length);
    }

    [Fact]
    public async Task A_file_whose_body_was_deleted_just_before_a_crash_goes_at_the_next_start()
    {
        var body = await PutAsync(300_000);
        await store.Rows.CommitAsync(new RowBatch("p").Insert("k", default).Require(body), Cancelled);
        var file = Assert.Single(store.Folder.Files("bodies"));
        var bytes = await File.ReadAllBytesAsync(file, Cancelled);
        await store.Bodies.DeleteAsync(body, Cancelled);
        await File.WriteAllBytesAsync(file, bytes, Cancelled);
        await store.ReopenAsync();
        await store.Store.FirstSweep;
        Assert.Empty(store.Folder.Files("bodies"));
    }

    [Fact]
    public async Task Waiting_bodies_are_given_up_when_the_store_closes()
    {
        await PutAsync(300_000);
        await PutAsync(5_000);
        await store.ReopenAsync();
        await store.Store.FirstSweep;
        Assert.Empty(store.Folder.Files("bodies"));
        Assert.Equal(0, store.Store.PendingMemory);
    }

    [Fact]
    public async Task The_container_opens_one_store_for_both_ports_and_closes_it()
    {
        using var folder = new TempFolder();
        await using (var services = new ServiceCollection().AddSqliteStore(options => options.Path = folder.Path).BuildServiceProvider())
        {
            Assert.Same(services.GetRequiredService<SqliteStore>().Rows, services.GetRequiredService<IRowStore>());
            Assert.Same(services.GetRequiredService<SqliteStore>().Bodies, services.GetRequiredService<IBodyStore>());
        }

        await using var again = store.Open(folder.Path);
    }

    [Fact]
    public async Task Many_callers_share_few_connections()
    {
        for (var i = 0; i < 100; i++)
            await InsertAsync($"k{i:00}");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancelled },
            async (i, cancellationToken) =>
            {
                Assert.NotNull(await store.Rows.ReadAsync(new RowKey("p", $"k{i % 100:00}"), cancellationToken));
                Assert.Equal(100, (await store.Rows.ScanAsync(RowRange.All("p"), 1000, cancellationToken)).Rows.Count);
            });
    }

    private async Task InsertAsync(string key) => Assert.Equal(
        CommitOutcome.Done, (await store.Rows.CommitAsync(new RowBatch("p").Insert(key, default), Cancelled)).Outcome);

    private async Task<BodyRef> PutAsync(int length) =>
        await store.Bodies.PutAsync(BodyBytes.Whole(new byte[length]), default, Cancelled);
}
