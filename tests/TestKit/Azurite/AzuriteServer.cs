using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Orleans.Mail.TestKit.Processes;

namespace Orleans.Mail.TestKit.Azurite;

/// <summary>
/// An Azure Storage emulator as a process of its own, on free ports of 127.0.0.1: in memory, or in a folder (which it
/// saves every few seconds: stop it in good order if what is acknowledged must be there again). It ends with its starter.
/// </summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    private const string Account = "mailtest";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly string script;
    private readonly string? folder;
    private readonly string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private Process? process;
    private int queuePort;

    private AzuriteServer(string script, string? folder)
    {
        this.script = script;
        this.folder = folder;
    }

    public int TablePort { get; private set; }

    public int BlobPort { get; private set; }

    /// <summary>The process; 0 while it is stopped.</summary>
    public int ProcessId => process?.Id ?? 0;

    public string ConnectionString => ConnectionStringAt(TablePort, BlobPort);

    /// <summary>Installs the emulator if need be, and returns when it answers.</summary>
    /// <param name="folder">Where it keeps what it holds; null = in memory.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<AzuriteServer> StartAsync(string? folder, CancellationToken cancellationToken)
    {
        var server = new AzuriteServer(await AzuritePackage.InstallAsync(cancellationToken), folder);
        await server.RunAsync(cancellationToken);
        return server;
    }

    /// <summary>For clients that reach it at other ports, through a proxy.</summary>
    public string ConnectionStringAt(int tablePort, int blobPort) => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};TableEndpoint=http://127.0.0.1:{tablePort}/{Account};BlobEndpoint=http://127.0.0.1:{blobPort}/{Account}");

    /// <summary>Stops it in good order (SIGTERM): what is in its folder is saved.</summary>
    public async Task StopAsync()
    {
        if (process is not { } running)
            return;
        Signal.Send(running.Id, Signal.Terminate);
        using var limit = new CancellationTokenSource(StopLimit);
        await running.WaitForExitAsync(limit.Token);
        running.Dispose();
        process = null;
    }

    /// <summary>Starts it again on the same ports; in memory it begins empty.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    /// <summary>Holds it (SIGSTOP): connections stay, nothing is answered.</summary>
    public void Pause() => Signal.Send(process!.Id, Signal.Stop);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume() => Signal.Send(process!.Id, Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        if (process is not { } running)
            return;
        process = null;
        running.Kill();
        await running.WaitForExitAsync();
        running.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            script,
            .. folder is null ? ["--inMemoryPersistence"] : new[] { "--location", folder },
            "--blobHost", "127.0.0.1", "--blobPort", Text(BlobPort),
            "--tableHost", "127.0.0.1", "--tablePort", Text(TablePort),
            "--queueHost", "127.0.0.1", "--queuePort", Text(queuePort),
            "--silent", "--loose", "--skipApiVersionCheck", "--disableTelemetry",
        ];
        process = Process.Start(new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{key}" },
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        BlobPort = await ReadPortAsync("Blob", limit.Token);
        queuePort = await ReadPortAsync("Queue", limit.Token);
        TablePort = await ReadPortAsync("Table", limit.Token);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // it must not wait for a reader
    }

    private async Task<int> ReadPortAsync(string service, CancellationToken cancellationToken)
    {
        while (await process!.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match && match.Groups["service"].Value == service)
                return int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException($"Azurite ended before its {service} service listened");
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^Azurite (?<service>[A-Za-z]+) service is successfully listening at http://127.0.0.1:(?<port>[0-9]+)$")]
    private static partial Regex Listening();
}
