using System.Globalization;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Keeps a second process (and a second store of this one) out of the folder. The lock goes with the process; a file beside it names the holder.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <exception cref="StorageException">Another process has it.</exception>
    public static StoreLock Take(string folder)
    {
        var holder = Path.Combine(folder, "store.pid"); // a locked file cannot be read
        try
        {
            var path = Path.Combine(folder, "store.lock");
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new StoreLock(file);
        }
        catch (IOException e)
        {
            var process = File.Exists(holder) ? File.ReadAllText(holder) : "(unknown)";
            throw new StorageException($"the folder {folder} is in use by process {process}", e);
        }
    }

    public void Dispose() => file.Dispose();
}
