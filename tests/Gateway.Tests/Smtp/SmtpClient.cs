using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>A client by hand, for what a transcript cannot say.</summary>
internal sealed class SmtpClient : IAsyncDisposable
{
    private readonly CancellationTokenSource limit;

    private SmtpClient(SmtpWorld world, IPAddress? address, MailPort port = MailPort.Smtp)
    {
        limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        Wire = new WireConnection(address);
        Wire.Features.Set(new ListenerFeature(port));
        Wire.Start(world.Handler);
    }

    public WireConnection Wire { get; }

    public CancellationToken Limit => limit.Token;

    /// <summary>Connects and says <paramref name="hello"/>.</summary>
    public static async Task<SmtpClient> ConnectAsync(SmtpWorld world, string hello = "EHLO client.test", IPAddress? address = null, MailPort port = MailPort.Smtp)
    {
        var client = new SmtpClient(world, address, port);
        await client.ReadAsync();
        await client.SayAsync(hello, "250");
        return client;
    }

    /// <summary>Connects, sends what goes before the greeting, and reads the greeting, which begins with <paramref name="expected"/>.</summary>
    public static async Task<SmtpClient> OpenAsync(SmtpWorld world, IPAddress address, string header, string expected = "220")
    {
        var client = new SmtpClient(world, address);
        if (header.Length > 0)
            await client.SendAsync(header);
        Assert.StartsWith(expected, await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    /// <summary>Sends a line and reads its reply, which begins with <paramref name="expected"/>. Returns its last line.</summary>
    public async Task<string> SayAsync(string line, string expected)
    {
        await SendAsync(line + "\r\n");
        var reply = await ReadAsync();
        Assert.StartsWith(expected, reply, StringComparison.Ordinal);
        return reply!;
    }

    /// <summary>Opens a transaction up to the 354.</summary>
    public async Task StartDataAsync(params string[] recipients)
    {
        await SayAsync("MAIL FROM:<jane@else.test>", "250");
        foreach (var recipient in recipients)
            await SayAsync($"RCPT TO:<{recipient}>", "250");
        await SayAsync("DATA", "354");
    }

    public Task SendAsync(string octets) => Wire.SendAsync(Encoding.Latin1.GetBytes(octets), Limit);

    /// <summary>The last line of the next reply; null when the connection closed.</summary>
    public async Task<string?> ReadAsync()
    {
        while (true)
        {
            var line = await Wire.ReadLineAsync(Limit);
            if (line is not [_, _, _, '-', ..])
                return line;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Wire.CloseSending();
        await Wire.SessionAsync(Limit);
        await Wire.DisposeAsync();
        limit.Dispose();
    }
}
