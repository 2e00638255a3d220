using System.Formats.Tar;
using System.IO.Compression;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Tools.Backups;

/// <summary>A backup as one file: the folder in a tar archive.</summary>
internal static class BackupArchive
{
    private static readonly string[] Ends = [".tar", ".tar.gz", ".tgz"];

    public static bool IsArchive(string path) => Ends.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(path);

    /// <summary>Writes an archive; it has its name only when it is whole. Meanwhile a copy of the database stands beside it.</summary>
    public static async Task<BackupSummary> WriteAsync(string store, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
            throw new IOException($"{path} exists already");
        var folder = path + ".folder";
        var unfinished = path + ".partial";
        try
        {
            var summary = await StoreBackup.WriteAsync(store, folder, link: true, time, cancellationToken);
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            {
                await PackAsync(folder, file, IsCompressed(path), cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path);
            return summary;
        }
        finally
        {
            File.Delete(unfinished);
            Remove(folder);
        }
    }

    /// <summary>Unpacks an archive beside the store, restores that, and removes it.</summary>
    public static async Task<RestoreSummary> RestoreAsync(
        string path, string store, bool force, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetFullPath(store), "unpacked");
        Remove(folder);
        Directory.CreateDirectory(folder);
        try
        {
            await using (var file = new FileStream(path, FileMode.Open, FileAccess.Read))
                await UnpackAsync(file, IsCompressed(path), folder, cancellationToken);
            return await StoreRestore.RunAsync(folder, store, force, time, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{path} is not a whole backup: {e.Message}", e);
        }
        finally
        {
            Remove(folder);
        }
    }

    private static async Task PackAsync(string folder, Stream file, bool compress, CancellationToken cancellationToken)
    {
        if (!compress)
        {
            await TarFile.CreateFromDirectoryAsync(folder, file, includeBaseDirectory: false, cancellationToken);
            return;
        }

        await using var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
        await TarFile.CreateFromDirectoryAsync(folder, packed, includeBaseDirectory: false, cancellationToken);
    }

    private static async Task UnpackAsync(Stream file, bool compressed, string folder, CancellationToken cancellationToken)
    {
        await using var plain = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        await TarFile.ExtractToDirectoryAsync(plain, folder, overwriteFiles: false, cancellationToken);
    }

    private static bool IsCompressed(string path) => !path.EndsWith(Ends[0], StringComparison.OrdinalIgnoreCase);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
