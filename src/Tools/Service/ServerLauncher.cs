using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Orleans.Mail.Tools.Service;

/// <summary>Starts the server in the background and hears from it until it is ready.</summary>
/// <param name="server">The server's assembly or program.</param>
/// <param name="errorFile">Takes its standard error for as long as it runs.</param>
internal sealed class ServerLauncher(string server, string errorFile)
{
    private const string Ready = "ready: ";

    /// <summary>Says where the server is, when it is not beside the tool.</summary>
    public const string PathVariable = "SMTPD_SERVER";

    // Free of the terminal and of its signals; the process id stays the same.
    private const string Detach =
        """
        exec </dev/null 2>>"$1"; shift; trap "" HUP
        if command -v setsid >/dev/null; then exec setsid "$@"; fi; exec "$@"
        """;

    /// <summary>The server to start: what is named, else what the environment names, else the one beside this tool.</summary>
    public static string Find(string? named)
    {
        var path = Path.GetFullPath(named ?? Environment.GetEnvironmentVariable(PathVariable) ?? AppContext.BaseDirectory);
        if (Directory.Exists(path))
            path = Path.Combine(path, ServerState.ServerName + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"there is no server at {path}");
    }

    /// <summary>Returns its <c>ready:</c> line. Throws <see cref="IOException"/> with its last words when it ends before that, and ends it when it takes too long.</summary>
    public async Task<string> StartAsync(IReadOnlyList<string> settings, TimeSpan limit, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(errorFile)!);
        var before = File.Exists(errorFile) ? new FileInfo(errorFile).Length : 0;
        var start = new ProcessStartInfo("/bin/sh", ["-c", Detach, "smtpd", errorFile, .. Command(), .. settings])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            return await ReadReadyLineAsync(process.StandardOutput, cancellationToken).WaitAsync(limit, cancellationToken)
                ?? throw new IOException($"the server did not start: {await ReadErrorsAsync(before, cancellationToken)}");
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            await ServerSignal.TerminateAsync(process.Id);
            throw new IOException($"the server was not ready within {limit.TotalSeconds:0} s and was told to end", exception);
        }
    }

    private static async Task<string?> ReadReadyLineAsync(StreamReader output, CancellationToken cancellationToken)
    {
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
                return line;
        }

        return null;
    }

    private string[] Command()
    {
        if (!server.EndsWith(".dll", StringComparison.Ordinal))
            return [server];

        // The runtime that runs this tool: <root>/shared/Microsoft.NETCore.App/<version>/.
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var program = Path.ChangeExtension(server, null);
        return File.Exists(host) ? [host, server] : File.Exists(program) ? [program] : ["dotnet", server];
    }

    private async Task<string> ReadErrorsAsync(long from, CancellationToken cancellationToken)
    {
        using var file = new StreamReader(new FileStream(errorFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        file.BaseStream.Position = from;
        return (await file.ReadToEndAsync(cancellationToken)).Trim();
    }
}
