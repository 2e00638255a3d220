using System.Diagnostics;
using System.Net;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>The server as a process of its own, so that it can be killed. Its folder outlives it.</summary>
public sealed class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly Dictionary<string, IPEndPoint> endpoints;

    private ServerProcess(Process process, string ready)
    {
        this.process = process;
        endpoints = ready["ready: ".Length..].Split(' ').Select(each => each.Split('=')).ToDictionary(each => each[0], each => IPEndPoint.Parse(each[1]));
    }

    public IPEndPoint Smtp => endpoints["smtp"];

    public IPEndPoint Pop3 => endpoints["pop3"];

    public IPEndPoint Management => endpoints["management"];

    /// <summary>Of a silo without mail ports.</summary>
    public IPEndPoint Silo => endpoints["silo"];

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public IPEndPoint Health => endpoints["health"];

    /// <summary>A listener by its name on the ready line.</summary>
    public IPEndPoint Endpoint(string name) => endpoints[name];

    /// <summary>Octets of memory that it has had at most.</summary>
    public long PeakMemory
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <param name="folder">Where its store is.</param>
    /// <param name="under">A program that runs it, with its arguments: a tracer.</param>
    public static Task<ServerProcess> StartAsync(string folder, params string[] under) => StartWithAsync(folder, [], under);

    /// <param name="folder">Where its store is.</param>
    /// <param name="settings">Parameters, <c>--NAME=value</c>.</param>
    /// <param name="under">A program that runs it, with its arguments: a tracer.</param>
    public static Task<ServerProcess> StartWithAsync(string folder, IReadOnlyList<string> settings, params string[] under) =>
        StartProgramAsync("Orleans.Mail.Silo.dll", folder, settings, under);

    /// <param name="program">The assembly.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="settings">Parameters, <c>--NAME=value</c>.</param>
    /// <param name="under">A program that runs it, with its arguments: a tracer.</param>
    public static async Task<ServerProcess> StartProgramAsync(string program, string folder, IReadOnlyList<string> settings, params string[] under)
    {
        string[] command = [.. under, "dotnet", Path.Combine(AppContext.BaseDirectory, program), .. ServerUnderTest.Arguments(folder), .. settings];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";

        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            var ready = await ReadReadyLineAsync(process).WaitAsync(TimeSpan.FromSeconds(120));
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // a full pipe would stop the server's log
            return new ServerProcess(process, ready ?? throw new InvalidOperationException($"the server ended: {await errors}"));
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal();
        return await WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    public void Signal()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    /// <summary>The exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(35));
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private static async Task<string?> ReadReadyLineAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready: ", StringComparison.Ordinal))
                return line;
        }

        return null;
    }
}
