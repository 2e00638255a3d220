using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orleans.Mail.TestKit.Faults;

/// <summary>Stands between an HTTP client and its server on loopback, and makes the network as bad as a test wants it.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    /// <summary>What a busy service says.</summary>
    public const string Busy = "503 Server Busy\r\nx-ms-error-code: ServerBusy";

    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;
    private readonly Task accepting;
    private int cuts;
    private int held;
    private int requests;

    /// <param name="target">The server's port on 127.0.0.1.</param>
    public TcpProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Every reply comes so much later.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Requests do not reach the server and are answered with this status, and its fields; null = they do.</summary>
    public string? Instead { get; set; }

    /// <summary>Pieces of requests that came; about one for each request.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Replies that begin to come are cut together with their connection: the server has done its work.</summary>
    public void CutReplies(int count) => Volatile.Write(ref cuts, count);

    /// <summary>Replies that begin to come are kept for ever: the server has done its work.</summary>
    public void HoldReplies(int count) => Volatile.Write(ref held, count);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token))
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, target, ended.Token);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), MayPassAsync, ended.Token),
                    PumpAsync(server.GetStream(), client.GetStream(), MayReturnAsync, ended.Token));
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or SocketException)
            {
                // The connection is over, which its client sees.
            }
            finally
            {
                await ended.CancelAsync();
            }
        }

        async ValueTask<bool> MayPassAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref requests);
            if (Instead is not { } answer)
                return true;
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), cancellationToken);
            return false;
        }
    }

    private async ValueTask<bool> MayReturnAsync(CancellationToken cancellationToken)
    {
        if (Take(ref cuts))
            return false;
        if (Take(ref held))
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay, cancellationToken);
        return true;
    }

    private static async Task PumpAsync(
        NetworkStream from, NetworkStream to, Func<CancellationToken, ValueTask<bool>> mayGoOn, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length && await mayGoOn(cancellationToken))
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
    }

    private static bool Take(ref int left)
    {
        if (Interlocked.Decrement(ref left) >= 0)
            return true;
        Interlocked.Increment(ref left);
        return false;
    }
}
