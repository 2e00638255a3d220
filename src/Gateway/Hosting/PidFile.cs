using System.Globalization;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>FILE_PID: the process id in a line of its own, from when the server is ready until it has ended.</summary>
internal sealed class PidFile : IDisposable
{
    private static readonly string Text = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n";

    private readonly string path;

    private PidFile(string path) => this.path = path;

    /// <summary>Writes the file; one that a dead process left is replaced.</summary>
    public static PidFile Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".new";
        File.WriteAllText(unfinished, Text);
        File.Move(unfinished, path, overwrite: true); // nobody reads half a number
        return new PidFile(path);
    }

    // Another server may have been told to use the same name.
    public void Dispose()
    {
        if (File.Exists(path) && File.ReadAllText(path) == Text)
            File.Delete(path);
    }
}
