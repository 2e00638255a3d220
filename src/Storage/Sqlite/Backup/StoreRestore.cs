using System.Globalization;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Puts a backup in the place of the embedded store, while no process uses that.</summary>
public static class StoreRestore
{
    private const string Staging = "restoring";

    /// <summary>
    /// Copies the backup beside the store, checks the copy, and only then puts it into place. A store that stood there
    /// is moved into a folder <c>replaced-…</c> of its own folder.
    /// </summary>
    /// <param name="backup">The folder of a whole backup.</param>
    /// <param name="store">The store's folder; made when it is missing.</param>
    /// <param name="force">Whether a store that is there may be replaced.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up before anything is replaced.</param>
    /// <exception cref="IOException">The store is in use or not empty, or the backup is not whole.</exception>
    public static Task<RestoreSummary> RunAsync(
        string backup, string store, bool force, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Run(() => Run(Path.GetFullPath(backup), Path.GetFullPath(store), force, time, cancellationToken), cancellationToken);

    /// <summary>Whether a restore was cut short while there was no database: an empty store must not take its place.</summary>
    internal static bool WasCutShort(string store) => Directory.Exists(Path.Combine(store, Staging)) && !BackupFolder.HasDatabase(store);

    private static RestoreSummary Run(string backup, string store, bool force, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(backup, BackupFolder.NoteName)))
            throw new StorageException($"{backup} is not a whole backup");
        Directory.CreateDirectory(store);
        using var folderLock = StoreLock.Take(store);
        var before = FilesOf(store);
        if (before.Count > 0 && !force)
            throw new StorageException($"there is a store in {store} already");

        var staging = Path.Combine(store, Staging);
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging);
        BackupSummary summary;
        try
        {
            summary = Stage(backup, staging, cancellationToken);
        }
        catch (Exception e)
        {
            Directory.Delete(staging, recursive: true);
            if (e is SqliteException sqlite)
                throw sqlite.ToStorageException();
            throw;
        }

        var replaced = before.Count > 0 ? SetAside(store, before, time.GetUtcNow()) : null;
        Install(staging, store);
        return new RestoreSummary(summary, replaced);
    }

    private static BackupSummary Stage(string backup, string staging, CancellationToken cancellationToken)
    {
        var copy = BackupFolder.DatabaseOf(staging);
        File.Copy(BackupFolder.DatabaseOf(backup), copy);
        using (var file = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        using var database = BackupFolder.Open(staging);
        var summary = BackupFolder.Check(database);

        // Files of bodies never change, so the backup and the store may share their bytes.
        BackupFolder.TakeFiles(database, backup, staging, link: true, cancellationToken);
        return summary;
    }

    private static string SetAside(string store, IReadOnlyList<string> paths, DateTimeOffset now)
    {
        var aside = Path.Combine(store, string.Create(CultureInfo.InvariantCulture, $"replaced-{now:yyyyMMddTHHmmssfff}"));
        Directory.CreateDirectory(aside);
        foreach (var path in paths)
            Directory.Move(path, Path.Combine(aside, Path.GetFileName(path)));
        Posix.FlushFolder(aside);
        return aside;
    }

    // The database comes last, so that it never stands without its files.
    private static void Install(string staging, string store)
    {
        foreach (var path in FilesOf(staging).Reverse())
            Directory.Move(path, Path.Combine(store, Path.GetFileName(path)));
        Posix.FlushFolder(store);
        Directory.Delete(staging);
    }

    private static IReadOnlyList<string> FilesOf(string folder)
    {
        var database = BackupFolder.DatabaseOf(folder);
        return
        [
            .. new[] { database, database + "-wal", database + "-shm", Path.Combine(folder, BodyFiles.FolderName) }.Where(Path.Exists),
        ];
    }
}

/// <param name="Restored">What the store holds now.</param>
/// <param name="Replaced">The folder with the store that stood there; null when there was none.</param>
public sealed record RestoreSummary(BackupSummary Restored, string? Replaced);
