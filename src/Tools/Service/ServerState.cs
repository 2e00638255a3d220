using System.Diagnostics;
using System.Globalization;

namespace Orleans.Mail.Tools.Service;

/// <summary>What FILE_PID says of the server on this host, and whether that still holds.</summary>
/// <param name="Id">The process; null when no file names one.</param>
/// <param name="IsRunning">Whether the process is there and is the server, and no other that got its number.</param>
/// <param name="Since">When it started, if it runs.</param>
internal sealed record ServerState(int? Id, bool IsRunning, DateTimeOffset? Since)
{
    /// <summary>Part of the command line of every server.</summary>
    public const string ServerName = "Orleans.Mail.Silo";

    /// <summary>
    /// The file is written once the process runs, so a process that started later got the number by chance. A clock that
    /// was set meanwhile may be off by less than this.
    /// </summary>
    private static readonly TimeSpan ClockError = TimeSpan.FromMinutes(1);

    public static ServerState Read(string pidFile)
    {
        if (!File.Exists(pidFile) || !int.TryParse(File.ReadAllText(pidFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return new ServerState(null, false, null);
        var since = IsServer(id) ? StartOf(id) : null;
        var running = since is { } start && start <= new DateTimeOffset(File.GetLastWriteTimeUtc(pidFile)) + ClockError;
        return new ServerState(id, running, running ? since : null);
    }

    /// <summary>Whether a process is a server. One that has ended and was not yet waited for has no command line.</summary>
    public static bool IsServer(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/cmdline")).Contains(ServerName, StringComparison.Ordinal);
            using var process = Process.GetProcessById(id);
            return process.ProcessName.Contains(ServerName, StringComparison.Ordinal) || process.ProcessName == "dotnet";
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }

    private static DateTimeOffset? StartOf(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.StartTime;
        }
        catch (Exception e) when (IsGone(e))
        {
            return null;
        }
    }

    private static bool IsGone(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception;
}
