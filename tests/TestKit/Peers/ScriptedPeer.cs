using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orleans.Mail.TestKit.Peers;

/// <summary>A mail server on loopback that says what its script says, and remembers what it heard.</summary>
public sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<string> heard = [];
    private readonly List<string> reads = [];
    private readonly List<byte[]> messages = [];
    private readonly List<Task> sessions = [];
    private readonly PeerScript script;
    private readonly X509Certificate2? certificate;
    private readonly SemaphoreSlim silences = new(0);
    private readonly Task accepting;
    private int connections;

    /// <param name="script">What it says.</param>
    /// <param name="certificate">For STARTTLS; null = the handshake is answered by a cut.</param>
    public ScriptedPeer(PeerScript script, X509Certificate2? certificate = null)
    {
        this.script = script;
        this.certificate = certificate;
        listener.Start();
        EndPoint = (IPEndPoint)listener.LocalEndpoint;
        accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that were made to it.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>The lines of all clients, without messages.</summary>
    public IReadOnlyList<string> Heard => Copy(heard);

    /// <summary>What each read outside TLS brought: several commands in one are pipelined.</summary>
    public IReadOnlyList<string> Reads => Copy(reads);

    /// <summary>The messages that were ended, as they came, without the last dot.</summary>
    public IReadOnlyList<byte[]> Messages => Copy(messages);

    /// <summary>Whether it takes what comes while it keeps silent; else the client's writes stop when all buffers are full.</summary>
    public bool ReadsWhileSilent { get; set; } = true;

    /// <summary>Runs before a message's end is answered.</summary>
    public Func<Task> AtEnd { get; set; } = static () => Task.CompletedTask;

    /// <summary>Ends when the peer keeps silent on purpose.</summary>
    public Task UntilSilentAsync(CancellationToken cancellationToken) => silences.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting; // a stopped listener bears no accept
        listener.Stop();
        await Task.WhenAll(Copy(sessions));
        stop.Dispose();
        silences.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop.Token);
                Interlocked.Increment(ref connections);
                lock (gate)
                    sessions.Add(ServeAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await new Session(this, new NetworkStream(socket)).RunAsync();
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client is gone, or the test is over.
            }
        }
    }

    private void Note<T>(List<T> list, T value)
    {
        lock (gate)
            list.Add(value);
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (gate)
            return [.. list];
    }

    private sealed class Session(ScriptedPeer peer, Stream stream)
    {
        private readonly byte[] buffer = new byte[64 * 1024];
        private readonly List<byte> pending = [];

        private CancellationToken Stop => peer.stop.Token;

        public async Task RunAsync()
        {
            if (!await SayAsync("BANNER"))
                return;
            while (await ReadLineAsync() is { } octets)
            {
                var line = Encoding.UTF8.GetString(octets);
                peer.Note(peer.heard, line);
                if (!await SayAsync(line))
                    return;
                switch (line.Split(' ')[0].ToUpperInvariant())
                {
                    case "QUIT":
                        return;
                    case "DATA" when peer.script.AnswerTo(line).StartsWith('3'):
                        await ReadMessageAsync();
                        await peer.AtEnd();
                        if (!await SayAsync("."))
                            return;
                        break;
                    case "STARTTLS" when peer.script.AnswerTo(line).StartsWith('2'):
                        if (peer.certificate is null)
                            return;
                        var tls = new SslStream(stream);
                        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = peer.certificate }, Stop);
                        stream = tls;
                        break;
                }
            }
        }

        // False when the connection is over.
        private async Task<bool> SayAsync(string line)
        {
            var answer = peer.script.AnswerTo(line);
            var mark = answer.IndexOf(PeerScript.Mark, StringComparison.Ordinal);
            var text = mark < 0 ? answer + "\r\n" : answer[..mark];
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Stop);
            if (mark < 0)
                return true;
            if (answer[mark..] == PeerScript.Silence)
            {
                peer.silences.Release();
                if (!peer.ReadsWhileSilent)
                    await Task.Delay(Timeout.InfiniteTimeSpan, Stop);
                while (await stream.ReadAsync(buffer, Stop) > 0)
                {
                    // It hears, and says nothing.
                }
            }

            return false;
        }

        private async Task ReadMessageAsync()
        {
            var message = new List<byte>();
            while (await ReadLineAsync() is { } line)
            {
                if (line is [(byte)'.'])
                {
                    peer.Note(peer.messages, [.. message]);
                    return;
                }

                message.AddRange(line);
                message.AddRange("\r\n"u8);
            }

            throw new IOException("the client left in the middle of its message");
        }

        // Without its CRLF; null at the end.
        private async Task<byte[]?> ReadLineAsync()
        {
            while (true)
            {
                var at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pending).IndexOf("\r\n"u8);
                if (at >= 0)
                {
                    var line = pending[..at].ToArray();
                    pending.RemoveRange(0, at + 2);
                    return line;
                }

                var count = await stream.ReadAsync(buffer, Stop);
                if (count == 0)
                    return null;
                peer.Note(peer.reads, Encoding.UTF8.GetString(buffer, 0, count));
                pending.AddRange(buffer.AsSpan(0, count));
            }
        }
    }
}
