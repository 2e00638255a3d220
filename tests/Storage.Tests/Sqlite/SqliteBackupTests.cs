using System.IO.Pipelines;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>The store and another process that reads or copies it.</summary>
public sealed class SqliteBackupTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest store = new();
    private readonly TempFolder target = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Folder => store.Folder.Path;

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        target.Dispose();
    }

    [Fact]
    public async Task The_file_of_a_deleted_body_stays_until_the_backup_ends()
    {
        var (kept, gone) = (await PutAsync(500_000), await PutAsync(500_000));
        using (await BodyHold.TakeAsync(Folder, Cancelled))
        {
            await store.Bodies.DeleteAsync(kept, Cancelled);
            await store.Store.DropAbandonedAsync(Cancelled);
            Assert.Equal(2, store.Folder.Files("bodies").Count);
            Assert.Equal(1, (await store.Bodies.ReadUsageAsync(Cancelled)).Bodies);
        }

        await store.Bodies.DeleteAsync(gone, Cancelled);
        Assert.Single(store.Folder.Files("bodies"));
        await store.Store.DropAbandonedAsync(Cancelled);
        Assert.Empty(store.Folder.Files("bodies"));
    }

    [Fact]
    public async Task A_file_that_stayed_goes_with_the_next_start()
    {
        var body = await PutAsync(500_000);
        using (await BodyHold.TakeAsync(Folder, Cancelled))
            await store.Bodies.DeleteAsync(body, Cancelled);
        await store.ReopenAsync();
        await store.Store.FirstSweep;
        Assert.Empty(store.Folder.Files("bodies"));
    }

    [Fact]
    public async Task The_hold_of_a_dead_process_holds_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "backup.lock"), "", Cancelled);
        var body = await PutAsync(500_000);
        await store.Bodies.DeleteAsync(body, Cancelled);
        Assert.Empty(store.Folder.Files("bodies"));
        await StoreBackup.WriteAsync(Folder, Path.Combine(target.Path, "b"), link: true, TimeProvider.System, Cancelled);
    }

    [Fact]
    public async Task A_second_backup_at_the_same_time_is_refused()
    {
        await PutAsync(10);
        using var hold = await BodyHold.TakeAsync(Folder, Cancelled);
        await Assert.ThrowsAsync<StorageException>(() =>
            StoreBackup.WriteAsync(Folder, Path.Combine(target.Path, "b"), link: true, TimeProvider.System, Cancelled));
        Assert.Empty(Directory.GetFileSystemEntries(target.Path));
    }

    [Fact]
    public async Task A_backup_has_what_was_committed_and_its_files_are_second_names_or_copies()
    {
        var (small, large) = (await PutAsync(5_000), await PutAsync(500_000));
        foreach (var link in new[] { true, false })
        {
            var backup = Path.Combine(target.Path, $"{link}");
            var summary = await StoreBackup.WriteAsync(Folder, backup, link, TimeProvider.System, Cancelled);
            Assert.Equal(new BackupSummary(2, 505_000, 1), summary);
            await using var reader = StoreReader.Open(backup);
            foreach (var body in new[] { small, large })
                Assert.Equal(body.Size, await LengthAsync(reader, body));
            Assert.Equal(2, (await reader.Rows.ScanAsync(RowRange.All("p"), 10, Cancelled)).Rows.Count);
        }
    }

    [Fact]
    public async Task A_reader_beside_the_store_sees_what_is_committed_and_writes_nothing()
    {
        await using var reader = StoreReader.Open(Folder);
        var body = await PutAsync(5_000);
        Assert.Equal(5_000, await LengthAsync(reader, body));
        Assert.Single((await reader.Rows.ScanAsync(RowRange.All("p"), 10, Cancelled)).Rows);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await reader.Rows.CommitAsync(new RowBatch("p").Upsert("k", default), Cancelled));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await reader.Bodies.DeleteAsync(body, Cancelled));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await reader.Bodies.PutAsync(PipeReader.Create(Stream.Null), default, Cancelled));
    }

    [Fact]
    public async Task A_restore_that_was_cut_short_lets_no_empty_store_take_its_place()
    {
        Directory.CreateDirectory(Path.Combine(target.Path, "restoring"));
        Assert.Throws<StorageException>(() => store.Open(target.Path));
        await PutAsync(5_000);
        var backup = Path.Combine(target.Path, "backup");
        await StoreBackup.WriteAsync(Folder, backup, link: true, TimeProvider.System, Cancelled);
        await StoreRestore.RunAsync(backup, target.Path, force: false, TimeProvider.System, Cancelled);
        await using var restored = store.Open(target.Path);
        Assert.Equal(1, (await restored.Bodies.ReadUsageAsync(Cancelled)).Bodies);
    }

    private static async Task<long> LengthAsync(StoreReader reader, BodyRef body)
    {
        await using var stream = await reader.Bodies.OpenReadAsync(body, BodyRange.All, Cancelled);
        return stream.Length;
    }

    private async Task<BodyRef> PutAsync(int length)
    {
        var body = await store.Bodies.PutAsync(BodyBytes.Whole(new byte[length]), default, Cancelled);
        var result = await store.Rows.CommitAsync(new RowBatch("p").Upsert($"k{body.Low:x}", default).Require(body), Cancelled);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
        return body;
    }
}
