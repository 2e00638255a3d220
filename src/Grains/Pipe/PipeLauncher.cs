using System.ComponentModel;
using System.Diagnostics;

namespace Orleans.Mail.Grains;

/// <summary>Starts programs, each as the leader of a session of its own, with a fixed environment and without a shell.</summary>
internal static class PipeLauncher
{
    /// <summary>The search path of every program.</summary>
    public const string SearchPath = "/usr/local/bin:/usr/bin:/bin";

    // setsid(1) of util-linux or busybox: .NET starts no process groups here. It stays the same process.
    private static readonly string? SessionStarter = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    /// <summary>Whether this host can start programs in groups of their own.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && SessionStarter is not null;

    /// <summary>Starts a program. Throws <see cref="Win32Exception"/> when the host cannot.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="user">Whom it runs as; null = whom the server runs as.</param>
    /// <param name="environment">Its environment beside PATH.</param>
    public static Process Start(PipeCommand command, string? user, IReadOnlyDictionary<string, string> environment) =>
        Start([command.Program, .. command.Arguments], user, environment);

    /// <summary>Tries whether programs can run as a user, without running one.</summary>
    public static bool CanRunAs(string? user)
    {
        try
        {
            using var trial = Start(Array.Empty<string>(), user, new Dictionary<string, string>());
            trial.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false; // no such user, or not ours to become
        }
    }

    private static Process Start(IReadOnlyList<string> words, string? user, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(SessionStarter ?? throw new InvalidOperationException("setsid is not installed"), words)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (user is not null)
            start.UserName = user;
        start.Environment.Clear();
        start.Environment["PATH"] = SearchPath;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
    }
}
