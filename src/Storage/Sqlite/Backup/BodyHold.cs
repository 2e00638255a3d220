namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// Asks the process that uses a store to leave the files of bodies where they are, while a backup in another process
/// copies them. Whoever deletes a body commits that first and looks for the hold then, so the files of a snapshot that
/// is begun under the hold all stay. It is a lock on a file, and so it ends with its process.
/// </summary>
internal sealed class BodyHold : IDisposable
{
    private const string FileName = "backup.lock";
    private const int Attempts = 50;

    /// <summary>Between two attempts: another's look at the lock takes microseconds.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FileStream file;

    private BodyHold(FileStream file) => this.file = file;

    /// <exception cref="StorageException">Another backup has it.</exception>
    public static async ValueTask<BodyHold> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new BodyHold(new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            }
            catch (IOException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, cancellationToken);
            }
            catch (IOException e)
            {
                throw new StorageException($"another backup of {folder} is under way", e);
            }
        }
    }

    /// <summary>Whether a backup is under way; in doubt it is.</summary>
    public static bool IsHeld(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return false;
        try
        {
            using var look = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    // The name goes before the lock: nobody finds an unlocked file.
    public void Dispose()
    {
        File.Delete(file.Name);
        file.Dispose();
    }
}
