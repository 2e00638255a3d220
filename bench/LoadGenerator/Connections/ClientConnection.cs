using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Mail.LoadGenerator.Connections;

/// <summary>
/// A TCP connection that reads CRLF lines through a buffer of its user, so that nothing is allocated per line.
/// Lost connections and lines longer than the buffer are <see cref="IOException"/> or <see cref="SocketException"/>.
/// </summary>
internal sealed class ClientConnection : IDisposable
{
    private const ulong EndOfLines = 0x0D_0A_2E_0D_0A; // CRLF.CRLF

    private static readonly SslClientAuthenticationOptions AnyServer = new()
    {
        TargetHost = "server.test",
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, // spares looking through the system's
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    private readonly Socket socket;
    private readonly byte[] buffer;
    private readonly CancellationTokenRegistration limit;
    private SslStream? tls;
    private int start;
    private int end;

    private ClientConnection(Socket socket, byte[] buffer, CancellationToken limit)
    {
        this.socket = socket;
        this.buffer = buffer;
        this.limit = limit.Register(static socket => ((Socket)socket!).Dispose(), socket);
    }

    /// <param name="target">Where to connect.</param>
    /// <param name="buffer">For what is received; in use until the connection is disposed.</param>
    /// <param name="limit">Closes the connection, whatever it waits for.</param>
    /// <param name="source">The address to come from; null = the system's choice.</param>
    public static async Task<ClientConnection> OpenAsync(IPEndPoint target, byte[] buffer, CancellationToken limit, IPAddress? source = null)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (source is not null)
                socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(target, limit);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new ClientConnection(socket, buffer, limit);
    }

    /// <summary>Encrypts from here on; the runtime resumes sessions of the same name.</summary>
    public async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(AnyServer, cancellationToken);
        }
        catch (System.Security.Authentication.AuthenticationException refused)
        {
            throw new IOException($"no TLS: {refused.GetBaseException().Message}", refused);
        }

        tls = stream;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> octets) => tls is null ? SendPlainAsync(octets) : tls.WriteAsync(octets);

    /// <summary>Takes a line that was received already, without its line end. It is valid until the next call.</summary>
    public bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        var received = buffer.AsMemory(start, end - start);
        var length = received.Span.IndexOf((byte)'\n');
        if (length < 0)
        {
            line = default;
            return false;
        }

        start += length + 1;
        line = length > 0 && received.Span[length - 1] == '\r' ? received[..(length - 1)] : received[..length];
        return true;
    }

    /// <summary>Waits for more octets.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReceiveAsync()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
            throw new IOException("a line is too long");
        var free = buffer.AsMemory(end);
        var received = tls is null ? await socket.ReceiveAsync(free) : await tls.ReadAsync(free);
        if (received == 0)
            throw new IOException("closed by peer");
        end += received;
    }

    /// <summary>A line, without its line end, valid until the next call.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync()
    {
        ReadOnlyMemory<byte> line;
        while (!TryTakeLine(out line))
            await ReceiveAsync();
        return line;
    }

    /// <summary>
    /// Reads the lines of a POP3 reply up to the single dot and drops them. No further reply may be on its way: the dot is
    /// looked for only where the received octets end.
    /// </summary>
    /// <returns>The octets before the dot.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long> DropLinesAsync()
    {
        ulong tail = 0x0D_0A; // of the status line: the reply may have no lines at all
        long octets = 0;
        while (true)
        {
            octets += end - start;
            foreach (var octet in buffer.AsSpan(Math.Max(start, end - 5)..end))
                tail = ((tail << 8) | octet) & 0xFF_FFFF_FFFF;
            start = end = 0;
            if (tail == EndOfLines)
                return octets - 3;
            await ReceiveAsync();
        }
    }

    public void Dispose()
    {
        limit.Dispose();
        tls?.Dispose();
        socket.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendPlainAsync(ReadOnlyMemory<byte> octets) => await socket.SendAsync(octets);
}
