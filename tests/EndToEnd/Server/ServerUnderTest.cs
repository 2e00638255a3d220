using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Silo;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>The whole server inside the test's process, on free ports and a fresh folder, with domain acme.test.</summary>
public sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly MailServer server;

    private ServerUnderTest(MailServer server, TemporaryFolder folder)
    {
        this.server = server;
        this.folder = folder;
    }

    public IPEndPoint Smtp => server.Endpoint("smtp");

    public IPEndPoint Pop3 => server.Endpoint("pop3");

    public IPEndPoint Management => server.Endpoint("management");

    public IPEndPoint Health => server.Endpoint("health");

    public IPEndPoint Endpoint(string name) => server.Endpoint(name);

    public string ReadyLine => server.ReadyLine();

    public static async Task<ServerUnderTest> StartAsync(Action<IServiceCollection>? customize = null, params string[] settings)
    {
        var test = await StartAsync(new TemporaryFolder(), customize, settings);
        await test.ManageAsync("DOMAIN ADD NAME=acme.test");
        return test;
    }

    /// <summary>The server without a domain.</summary>
    public static Task<ServerUnderTest> StartEmptyAsync(params string[] settings) => StartAsync(new TemporaryFolder(), null, settings);

    /// <summary>What both the server in this process and one of its own are started with.</summary>
    public static string[] Arguments(string folder) =>
    [
        "--PORT_SMTP=0", "--PORT_POP3=0", "--PORT_REMT=0", "--Gateway:Bind=127.0.0.1", "--Gateway:HostName=mx.acme.test",
        $"--Storage:Path={folder}", "--Accounts:ScramIterations=4096",
        "--Dns:Servers=127.0.0.1:1", // nobody answers there: no test hangs on what the machine's DNS says of far.test
    ];

    /// <summary>Runs management commands after LOGIN; each must be answered OK. Returns the last one's lines.</summary>
    public Task<IReadOnlyList<string>> ManageAsync(params string[] commands) => ManageAsync(Management, commands);

    public static async Task<IReadOnlyList<string>> ManageAsync(IPEndPoint management, params string[] commands)
    {
        using var client = await LineClient.ConnectAsync(management);
        await client.ManageReplyAsync();
        IReadOnlyList<string> lines = [];
        foreach (var command in commands.Prepend("LOGIN system"))
        {
            lines = await client.ManageAsync(command);
            Assert.StartsWith("OK", lines[^1], StringComparison.Ordinal);
        }

        return lines;
    }

    public Task AddUserAsync(string name, string password = "secret") =>
        ManageAsync($"USER ADD NAME={name} DOMAIN=acme.test PASS={password}");

    private static async Task<ServerUnderTest> StartAsync(TemporaryFolder folder, Action<IServiceCollection>? customize, string[] settings)
    {
        var server = MailServer.Build([.. Arguments(folder.Path), .. settings], customize);
        await server.StartAsync();
        return new ServerUnderTest(server, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }
}
