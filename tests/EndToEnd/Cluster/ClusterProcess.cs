using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Orleans.Mail.TestKit.Processes;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>One silo or gateway of a cluster, as a process of its own.</summary>
public sealed class ClusterProcess : IAsyncDisposable
{
    private const int RememberedLines = 200;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<string, IPEndPoint> endpoints = [];

    private ClusterProcess(string name, Process process)
    {
        Name = name;
        this.process = process;
    }

    /// <summary><c>silo3</c>, <c>gateway1</c>: never given twice in a cluster.</summary>
    public string Name { get; }

    public bool IsGateway => Name[0] == 'g';

    public IPEndPoint Smtp => endpoints["smtp"];

    public IPEndPoint Pop3 => endpoints["pop3"];

    public IPEndPoint Management => endpoints["management"];

    public IPEndPoint Health => endpoints["health"];

    /// <summary>Processor time since it was started.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Octets of memory in use now.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The end of its log, for a test that failed.</summary>
    public IEnumerable<string> Log => lines;

    /// <summary>Starts it, and returns when it says that it is ready.</summary>
    public static async Task<ClusterProcess> StartAsync(string name, string program, string folder, IEnumerable<string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var started = new ClusterProcess(name, new Process { StartInfo = start, EnableRaisingEvents = true });
        started.process.OutputDataReceived += (_, line) => started.Hear(line.Data);
        started.process.ErrorDataReceived += (_, line) => started.Hear(line.Data);
        started.process.Exited += (_, _) => started.ready.TrySetException(new InvalidOperationException($"{name} ended before it was ready: {string.Join('\n', started.Log)}"));
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        try
        {
            var line = await started.ready.Task.WaitAsync(StartLimit);
            started.endpoints = line["ready: ".Length..].Split(' ').Select(each => each.Split('=')).ToDictionary(each => each[0], each => IPEndPoint.Parse(each[1]));
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(StopLimit);
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal.Send(process.Id, Signal.Terminate);
        await process.WaitForExitAsync().WaitAsync(StopLimit);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        if (line.StartsWith("ready: ", StringComparison.Ordinal))
            ready.TrySetResult(line);
        lines.Enqueue(line);
        if (lines.Count > RememberedLines)
            lines.TryDequeue(out _);
    }
}
