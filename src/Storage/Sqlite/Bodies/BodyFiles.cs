using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Bodies as files: <c>bodies/xx/id</c>, xx spreading the ids over 256 folders.</summary>
internal sealed class BodyFiles
{
    private readonly string root;
    private readonly HashSet<string> folders = [];

    public BodyFiles(string storeFolder)
    {
        root = Path.Combine(storeFolder, "bodies");
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

    public void Delete(long id) => File.Delete(PathOf(id));

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

    private string FolderOf(long id) =>
        Path.Combine(root, BodySpread.Of(0, (ulong)id).ToString("x2", CultureInfo.InvariantCulture));

    private string PathOf(long id) => Path.Combine(FolderOf(id), id.ToString("x16", CultureInfo.InvariantCulture));
}
