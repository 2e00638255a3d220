namespace Orleans.Mail.Storage.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mail-store-").FullName;

    /// <summary>A copy of everything in it as it is now, like the disk of a machine that stops now.</summary>
    public TempFolder Copy()
    {
        var copy = new TempFolder();
        foreach (var folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(folder.Replace(Path, copy.Path, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            // The lock is the process's, and the shared index is made anew from the log.
            if (!file.EndsWith(".lock", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal))
                File.Copy(file, file.Replace(Path, copy.Path, StringComparison.Ordinal));
        }

        return copy;
    }

    public IReadOnlyList<string> Files(string below) =>
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Path, below), "*", SearchOption.AllDirectories)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
