using System.Globalization;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Keeps a second process (and a second store of this one) out of the folder. The lock file names its holder; the lock goes with the process.</summary>
internal sealed class StoreLock : IDisposable
{
    private const string FileName = "store.lock";
    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <exception cref="StorageException">Another process has it.</exception>
    public static StoreLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e)
        {
            throw new StorageException($"the folder {folder} is in use by process {ReadHolder(path)}", e);
        }

        file.SetLength(0);
        file.Write("pid "u8);
        var text = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        file.Flush();
        return new StoreLock(file);
    }

    public void Dispose() => file.Dispose();

    private static string ReadHolder(string path)
    {
        try
        {
            // Reading with FileShare.ReadWrite takes no lock.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
