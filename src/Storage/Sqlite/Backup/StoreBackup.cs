namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Backs the embedded store up, from another process and while it runs.</summary>
public static class StoreBackup
{
    /// <summary>What an unfinished backup is called beside its target.</summary>
    private const string Unfinished = ".partial";

    /// <summary>
    /// Writes a backup into a new folder: everything committed before the call is in it, as of one moment. The folder
    /// has its name only when it is whole and durable.
    /// </summary>
    /// <param name="store">The store's folder.</param>
    /// <param name="target">The backup's folder; it must not exist, or be empty.</param>
    /// <param name="link">Whether files of bodies, which never change, become second names of the same bytes where that can be. False: copies.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up; the unfinished folder goes.</param>
    /// <exception cref="IOException">The store or the target cannot be used.</exception>
    public static async Task<BackupSummary> WriteAsync(
        string store, string target, bool link, TimeProvider time, CancellationToken cancellationToken)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new StorageException($"{target} is not empty");
        if (!BackupFolder.HasDatabase(store))
            throw new StorageException($"there is no store in {store}");
        var unfinished = target + Unfinished;
        Remove(unfinished);
        Directory.CreateDirectory(unfinished);
        try
        {
            var summary = await Task.Run(() => CopyAsync(store, unfinished, link, time, cancellationToken), cancellationToken);
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(unfinished, target);
            Posix.FlushFolder(Path.GetDirectoryName(target)!);
            return summary;
        }
        catch (Exception e)
        {
            Remove(unfinished);
            if (e is SqliteException sqlite)
                throw sqlite.ToStorageException();
            throw;
        }
    }

    private static async Task<BackupSummary> CopyAsync(
        string store, string target, bool link, TimeProvider time, CancellationToken cancellationToken)
    {
        // The hold before the snapshot: then every file that the snapshot names stays until it is taken.
        using var hold = await BodyHold.TakeAsync(store, cancellationToken);
        using (var source = BackupFolder.Open(store))
            SqliteCopy.Write(source, BackupFolder.DatabaseOf(target), cancellationToken);
        BackupSummary summary;
        using (var copy = BackupFolder.Open(target))
        {
            BackupFolder.TakeFiles(copy, store, target, link, cancellationToken);
            summary = BackupFolder.Summarize(copy);
        }

        RemoveLog(target);
        BackupFolder.WriteNote(target, summary, time.GetUtcNow());
        return summary;
    }

    // What reading the copy left beside it holds nothing.
    private static void RemoveLog(string folder)
    {
        foreach (var end in (ReadOnlySpan<string>)["-wal", "-shm"])
            File.Delete(BackupFolder.DatabaseOf(folder) + end);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
