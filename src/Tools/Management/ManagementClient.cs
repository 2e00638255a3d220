using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Orleans.Mail.Tools.Management;

/// <summary>
/// A client of the management protocol (SPEC 6). Every wait has a limit; a server that breaks the protocol or the
/// connection is an <see cref="IOException"/>.
/// </summary>
internal sealed partial class ManagementClient : IDisposable
{
    /// <summary>The manual's port.</summary>
    public const int DefaultPort = 4501;

    private static readonly TimeSpan ConnectTimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>The server delays a LOGIN after failures, and hashes passwords slowly.</summary>
    private static readonly TimeSpan ReplyTimeLimit = TimeSpan.FromSeconds(60);

    private readonly TcpClient connection;
    private readonly StreamReader reader;
    private readonly TimeSpan replyTimeLimit;

    private ManagementClient(TcpClient connection, TimeSpan replyTimeLimit)
    {
        this.connection = connection;
        this.replyTimeLimit = replyTimeLimit;
        reader = new StreamReader(connection.GetStream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<ManagementClient> ConnectAsync(
        string host, int port, CancellationToken cancellationToken, TimeSpan? replyTimeLimit = null)
    {
        var tcp = new TcpClient();
        try
        {
            await InTimeAsync(async limited => await tcp.ConnectAsync(host, port, limited), ConnectTimeLimit, "no connection", cancellationToken);
            var client = new ManagementClient(tcp, replyTimeLimit ?? ReplyTimeLimit);
            var greeting = await client.ReadReplyAsync(cancellationToken);
            return greeting.IsDone ? client : throw new IOException(greeting.Status);
        }
        catch (Exception exception)
        {
            tcp.Dispose();
            if (exception is SocketException or TimeoutException)
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{host} port {port}: {exception.Message}"), exception);
            throw;
        }
    }

    /// <summary>Sends one command and reads its reply.</summary>
    public async Task<ManagementReply> SendAsync(ManagementLine command, CancellationToken cancellationToken)
    {
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"{command.Text}\r\n"), cancellationToken);
        return await ReadReplyAsync(cancellationToken);
    }

    public void Dispose()
    {
        reader.Dispose();
        connection.Dispose();
    }

    private async Task<ManagementReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var data = new List<string>();
        while (true)
        {
            string? line = null;
            await InTimeAsync(async limited => line = await reader.ReadLineAsync(limited), replyTimeLimit, "the server does not answer", cancellationToken);
            if (line is null)
                throw new IOException("the server closed the connection");
            if (StatusLine().IsMatch(line))
                return new ManagementReply(data, line);
            data.Add(line);
        }
    }

    private static async Task InTimeAsync(
        Func<CancellationToken, Task> action, TimeSpan limit, string otherwise, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            await action(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{otherwise} within {limit.TotalSeconds} s"));
        }
    }

    [GeneratedRegex("^(OK|ER)[0-9]{4} ")]
    private static partial Regex StatusLine();
}
