namespace Orleans.Mail.EndToEnd.Server;

/// <summary>A folder that goes with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleans-mail-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
