using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Bodies as files: <c>bodies/xx/id</c>, xx spreading the ids over 256 folders.</summary>
internal sealed class BodyFiles
{
    private const int Folders = 256;
    private readonly string root;

    public BodyFiles(string storeFolder)
    {
        root = Path.Combine(storeFolder, "bodies");
        if (Directory.Exists(FolderOf(Folders - 1)))
            return;
        for (var i = 0; i < Folders; i++)
            Directory.CreateDirectory(FolderOf(i));
        Posix.FlushFolder(root);
        Posix.FlushFolder(storeFolder);
    }

    public SafeFileHandle Create(long id) =>
        File.OpenHandle(PathOf(id), FileMode.CreateNew, FileAccess.Write, FileShare.Read);

    /// <summary>Makes a written file durable, its name too.</summary>
    public void Flush(SafeFileHandle file, long id)
    {
        RandomAccess.FlushToDisk(file);
        Posix.FlushFolder(FolderOf(Spread(id)));
    }

    public Stream OpenRead(long id, BodyRange range) => new BodyFileStream(PathOf(id), range);

    public void Delete(long id) => File.Delete(PathOf(id));

    /// <summary>Ids of all files. A name that is no id is skipped.</summary>
    public IEnumerable<long> Enumerate()
    {
        for (var i = 0; i < Folders; i++)
        {
            foreach (var path in Directory.EnumerateFiles(FolderOf(i)))
            {
                if (long.TryParse(Path.GetFileName(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
                    yield return id;
            }
        }
    }

    private static int Spread(long id) => BodySpread.Of(0, (ulong)id);

    private string FolderOf(int folder) => Path.Combine(root, folder.ToString("x2", CultureInfo.InvariantCulture));

    private string PathOf(long id) => Path.Combine(FolderOf(Spread(id)), id.ToString("x16", CultureInfo.InvariantCulture));
}
