using System.Globalization;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>The files of a backup: a copy of the database and the files of the bodies that its rows name, laid out as in a store.</summary>
internal static class BackupFolder
{
    /// <summary>Written last: a folder with it is a whole backup.</summary>
    public const string NoteName = "backup.txt";

    private const long CacheSize = 8 * 1024 * 1024;

    public static string DatabaseOf(string folder) => Path.Combine(folder, SqliteStore.FileName);

    /// <summary>Whether a store's or a backup's database is there.</summary>
    public static bool HasDatabase(string folder) => File.Exists(DatabaseOf(folder));

    /// <summary>Opens the database to read it. Throws <see cref="StorageException"/> when there is none, or one of a later release.</summary>
    public static Database Open(string folder)
    {
        if (!HasDatabase(folder))
            throw new StorageException($"there is no store in {folder}");
        var database = Database.OpenToRead(DatabaseOf(folder), CacheSize);
        try
        {
            return Schema.Check(database) > 0 ? database : throw new StorageException($"the store in {folder} is empty");
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Puts the file of every body that <paramref name="database"/> names into another folder, durably.</summary>
    /// <returns>How many.</returns>
    public static long TakeFiles(Database database, string from, string to, bool link, CancellationToken cancellationToken)
    {
        var folders = new HashSet<string>();
        var count = 0L;
        var files = database.Prepare("SELECT id, size FROM body WHERE bytes IS NULL ORDER BY id");
        try
        {
            while (files.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = BodyFiles.RelativePath(files.Number(0));
                var folder = Path.Combine(to, Path.GetDirectoryName(path)!);
                if (folders.Add(folder))
                    Directory.CreateDirectory(folder);
                Take(Path.Combine(from, path), Path.Combine(to, path), files.Number(1), link);
                count++;
            }
        }
        finally
        {
            files.Reset();
        }

        foreach (var folder in folders)
            Posix.FlushFolder(folder);
        if (folders.Count > 0)
            Posix.FlushFolder(Path.GetDirectoryName(folders.First())!);
        return count;
    }

    /// <summary>Checks a copy of a database as far as it goes without the files. Throws <see cref="StorageException"/> at the first fault.</summary>
    public static BackupSummary Check(Database database)
    {
        if (database.ReadText("PRAGMA integrity_check(1)") is var found and not "ok")
            throw new StorageException($"the database is damaged: {found}");
        if (database.ReadNumber("SELECT count(*) FROM body WHERE bytes IS NOT NULL AND length(bytes) <> size") > 0)
            throw new StorageException("the database is damaged: a body has another length than its row says");
        return Summarize(database);
    }

    public static BackupSummary Summarize(Database database) => new(
        database.ReadNumber("SELECT count(*) FROM body"),
        database.ReadNumber("SELECT coalesce(sum(size), 0) FROM body"),
        database.ReadNumber("SELECT count(*) FROM body WHERE bytes IS NULL"));

    public static void WriteNote(string folder, BackupSummary summary, DateTimeOffset time)
    {
        var path = Path.Combine(folder, NoteName);
        File.WriteAllText(path, string.Create(
            CultureInfo.InvariantCulture,
            $"Orleans.Mail backup\ntaken: {time:yyyy-MM-ddTHH:mm:ssZ}\nbodies: {summary.Bodies}\nbytes: {summary.Bytes}\nfiles: {summary.Files}\n"));
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        Posix.FlushFolder(folder);
    }

    private static void Take(string from, string to, long size, bool link)
    {
        if (new FileInfo(from) is not { Exists: true } file || file.Length != size)
            throw new StorageException($"the body file {from} is missing or has not the {size} octets that its row says");
        if (link && Posix.TryLink(from, to))
            return;
        File.Copy(from, to, overwrite: true);
        using var copy = File.OpenHandle(to, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(copy);
    }
}

/// <summary>What a backup holds.</summary>
/// <param name="Bodies">Message bodies.</param>
/// <param name="Bytes">Their octets together.</param>
/// <param name="Files">Those of them that are files; the others are in the database.</param>
public sealed record BackupSummary(long Bodies, long Bytes, long Files);
