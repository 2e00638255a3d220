using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
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
    private readonly Stream stream;
    private readonly StreamReader reader;
    private readonly TimeSpan replyTimeLimit;

    private ManagementClient(TcpClient connection, Stream stream, TimeSpan replyTimeLimit)
    {
        this.connection = connection;
        this.stream = stream;
        this.replyTimeLimit = replyTimeLimit;
        reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>Connects and reads the greeting. Over TLS the certificate must be good for <paramref name="host"/>, unless that is this machine.</summary>
    public static async Task<ManagementClient> ConnectAsync(
        string host, int port, CancellationToken cancellationToken, TimeSpan? replyTimeLimit = null, bool tls = false)
    {
        var tcp = new TcpClient();
        try
        {
            await InTimeAsync(async limited => await tcp.ConnectAsync(host, port, limited), ConnectTimeLimit, "no connection", cancellationToken);
            Stream stream = tcp.GetStream();
            if (tls)
                await InTimeAsync(async limited => stream = await EncryptAsync(tcp, host, limited), ConnectTimeLimit, "no TLS", cancellationToken);
            var client = new ManagementClient(tcp, stream, replyTimeLimit ?? ReplyTimeLimit);
            var greeting = await client.ReadReplyAsync(cancellationToken);
            return greeting.IsDone ? client : throw new IOException(greeting.Status);
        }
        catch (Exception exception)
        {
            tcp.Dispose();
            if (exception is SocketException or TimeoutException or AuthenticationException)
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{host} port {port}: {exception.Message}"), exception);
            throw;
        }
    }

    /// <summary>Sends one command and reads its reply.</summary>
    public async Task<ManagementReply> SendAsync(ManagementLine command, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{command.Text}\r\n"), cancellationToken);
        return await ReadReplyAsync(cancellationToken);
    }

    public void Dispose()
    {
        reader.Dispose();
        connection.Dispose();
    }

    private static async Task<Stream> EncryptAsync(TcpClient tcp, string host, CancellationToken cancellationToken)
    {
        var isHere = tcp.Client.RemoteEndPoint is IPEndPoint peer && IPAddress.IsLoopback(peer.Address);
        var encrypted = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, errors) => isHere || errors == SslPolicyErrors.None);
        await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
        return encrypted;
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
