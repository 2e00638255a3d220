using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>A POP3 client on a wire in memory; every wait ends with the test's limit.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public WireClient(IPAddress? address = null)
    {
        Wire = new WireConnection(address);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
    }

    public WireConnection Wire { get; }

    public CancellationToken Limit => limit.Token;

    /// <summary>Connects and logs in.</summary>
    public static async Task<WireClient> LogInAsync(ConnectionHandler server, string user = "mick@acme.test")
    {
        var client = new WireClient();
        client.Wire.Start(server);
        Assert.StartsWith("+OK", await client.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.AskAsync($"USER {user}"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.AskAsync($"PASS {Pop3World.Password}"), StringComparison.Ordinal);
        return client;
    }

    public async Task SendAsync(string line) => await Wire.SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"), Limit);

    /// <summary>The next line; null when the server has closed.</summary>
    public Task<string?> ReadAsync() => Wire.ReadLineAsync(Limit);

    public async Task<string?> AskAsync(string line)
    {
        await SendAsync(line);
        return await ReadAsync();
    }

    /// <summary>The lines of a multi-line reply after its first, as they were before dot-stuffing.</summary>
    public async Task<List<string>> ReadLinesAsync()
    {
        var lines = new List<string>();
        while (await ReadAsync() is { } line)
        {
            if (line == ".")
                return lines;
            lines.Add(line.StartsWith('.') ? line[1..] : line);
        }

        throw new EndOfStreamException("the server closed in the middle of a reply");
    }

    public Task EndAsync() => Wire.SessionAsync(Limit);

    public async ValueTask DisposeAsync()
    {
        limit.Dispose();
        await Wire.DisposeAsync();
    }
}
