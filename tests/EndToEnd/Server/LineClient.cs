using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>A telnet-like client: sends lines, reads lines, every wait bounded. Octets are Latin-1 characters.</summary>
public sealed class LineClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient tcp;
    private NetworkStream stream = null!;
    private StreamReader reader = null!;

    private LineClient(IPEndPoint from) => tcp = new TcpClient(from) { NoDelay = true };

    /// <param name="endpoint">The server.</param>
    /// <param name="from">The client's address; null = the system's choice.</param>
    public static async Task<LineClient> ConnectAsync(IPEndPoint endpoint, IPAddress? from = null)
    {
        var client = new LineClient(new IPEndPoint(from ?? (endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any), 0));
        await client.tcp.ConnectAsync(endpoint).WaitAsync(Patience);
        client.stream = client.tcp.GetStream();
        client.reader = new StreamReader(client.stream, Encoding.Latin1);
        return client;
    }

    public Task SendAsync(string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().WaitAsync(Patience);

    public Task SendAsync(ReadOnlyMemory<byte> octets) => stream.WriteAsync(octets).AsTask().WaitAsync(Patience);

    /// <summary>The next line without its CRLF; null at the end of the connection.</summary>
    public Task<string?> ReadLineAsync() => reader.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Sends a line and reads one SMTP reply, its last line.</summary>
    public async Task<string> SmtpAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await SmtpReplyAsync();
    }

    public async Task<string> SmtpReplyAsync()
    {
        while (await ReadLineAsync() is { } reply)
        {
            if (reply.Length < 4 || reply[3] != '-')
                return reply;
        }

        throw new EndOfStreamException("the server closed the connection");
    }

    /// <summary>Sends a line and reads one single-line reply.</summary>
    public async Task<string> Pop3Async(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadLineAsync() ?? throw new EndOfStreamException("the server closed the connection");
    }

    /// <summary>Reads the rest of a multi-line POP3 reply: un-stuffed, the lines joined by CRLF.</summary>
    public async Task<string> Pop3BodyAsync()
    {
        var text = new StringBuilder();
        while (await ReadLineAsync() is { } line && line != ".")
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return text.ToString();
    }

    /// <summary>Sends a management command and reads data lines up to the status line, which is the last of the result.</summary>
    public async Task<IReadOnlyList<string>> ManageAsync(string command)
    {
        await SendAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        return await ManageReplyAsync();
    }

    public async Task<IReadOnlyList<string>> ManageReplyAsync()
    {
        var lines = new List<string>();
        while (await ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Length >= 7 && (line.StartsWith("OK", StringComparison.Ordinal) || line.StartsWith("ER", StringComparison.Ordinal)) && line[2..6].All(char.IsAsciiDigit) && line[6] == ' ')
                return lines;
        }

        throw new EndOfStreamException("the server closed the connection");
    }

    public void Dispose()
    {
        reader?.Dispose();
        tcp.Dispose();
    }
}
