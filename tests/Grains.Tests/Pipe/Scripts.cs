namespace Orleans.Mail.Grains.Tests.Pipe;

/// <summary>Programs of a test: shell scripts in a folder that goes with it.</summary>
internal sealed class Scripts : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pipe-");

    /// <summary>Writes a program and returns its path.</summary>
    public string Add(string name, string script)
    {
        var path = PathOf(name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    public string Read(string name) => File.ReadAllText(PathOf(name));

    public void Dispose() => folder.Delete(recursive: true);
}
