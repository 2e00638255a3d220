using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// Bodies as files: <c>bodies/xx/id</c>, xx spreading the ids over 256 folders. While a backup is under way, files that
/// are deleted stay until it ends (<see cref="BodyHold"/>).
/// </summary>
internal sealed class BodyFiles
{
    public const string FolderName = "bodies";

    private readonly string store;
    private readonly string root;
    private readonly ConcurrentQueue<long> kept = new();
    private readonly HashSet<string> folders = [];

    public BodyFiles(string storeFolder)
    {
        store = storeFolder;
        root = Path.Combine(storeFolder, FolderName);
        if (Directory.Exists(root))
            return;
        Directory.CreateDirectory(root);
        Posix.FlushFolder(storeFolder);
    }

    public SafeFileHandle Create(long id)
    {
        MakeFolder(id);
        return File.OpenHandle(PathOf(id), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Makes a written file durable, its name too.</summary>
    public void Flush(SafeFileHandle file, long id)
    {
        RandomAccess.FlushToDisk(file);
        Posix.FlushFolder(FolderOf(id));
    }

    public Stream OpenRead(long id, BodyRange range) => new BodyFileStream(PathOf(id), range);

    public void Delete(long id)
    {
        if (BodyHold.IsHeld(store))
            kept.Enqueue(id);
        else
            File.Delete(PathOf(id));
    }

    /// <summary>Deletes what stayed because of a backup that has ended.</summary>
    public void DeleteKept()
    {
        if (kept.IsEmpty || BodyHold.IsHeld(store))
            return;
        while (kept.TryDequeue(out var id))
            File.Delete(PathOf(id));
    }

    /// <summary>Where a body's file is, seen from the store's folder.</summary>
    public static string RelativePath(long id) => Path.Combine(FolderName, FolderNameOf(id), FileNameOf(id));

    /// <summary>Ids of all files. A name that is no id is skipped.</summary>
    public IEnumerable<long> Enumerate()
    {
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            if (long.TryParse(Path.GetFileName(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
                yield return id;
        }
    }

    // Durable before anybody puts a file into it.
    private void MakeFolder(long id)
    {
        var folder = FolderOf(id);
        lock (folders)
        {
            if (folders.Contains(folder))
                return;
            Directory.CreateDirectory(folder);
            Posix.FlushFolder(root);
            folders.Add(folder);
        }
    }

    private string FolderOf(long id) => Path.Combine(root, FolderNameOf(id));

    private string PathOf(long id) => Path.Combine(FolderOf(id), FileNameOf(id));

    private static string FolderNameOf(long id) => BodySpread.Of(0, (ulong)id).ToString("x2", CultureInfo.InvariantCulture);

    private static string FileNameOf(long id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
