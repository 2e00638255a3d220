using System.Diagnostics;
using System.Globalization;

namespace Orleans.Mail.Tools.Service;

/// <summary>Ends a server in good order.</summary>
internal static class ServerSignal
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends SIGTERM.</summary>
    public static async Task TerminateAsync(int id)
    {
        // The shell's own kill: a container may have no other.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "kill -TERM \"$1\"", "smtpd", id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        };
        using var kill = Process.Start(start)!;
        var reason = await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new IOException(reason.Trim());
    }

    /// <summary>Waits until a server has ended; false when it takes too long.</summary>
    public static async Task<bool> WaitForEndAsync(int id, TimeSpan limit, CancellationToken cancellationToken)
    {
        // It is no child of ours, so nobody tells us.
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < limit;)
        {
            if (!ServerState.IsServer(id))
                return true;
            await Task.Delay(Step, cancellationToken);
        }

        return !ServerState.IsServer(id);
    }
}
