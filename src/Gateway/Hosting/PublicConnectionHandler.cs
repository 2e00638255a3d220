using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Protocols.Proxy;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>
/// A port that strangers reach, SMTP or POP3. Before the session begins it learns from a trusted proxy who the client is,
/// and refuses denied addresses and those that have too many connections.
/// </summary>
public abstract class PublicConnectionHandler(
    ProtocolKind kind,
    ClientConnections connections,
    ServerCertificates certificates,
    GatewayOptions options,
    Perimeter perimeter,
    TimeProvider time,
    ILogger logger) : MailConnectionHandler(kind, connections, certificates, options, time, logger)
{
    /// <summary>How long a proxy may take to send its header: it is the first thing that it does.</summary>
    public static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The line that a denied client is sent before the connection closes, with its CRLF.</summary>
    protected abstract ReadOnlyMemory<byte> AddressDenied { get; }

    protected Perimeter Perimeter => perimeter;

    protected sealed override async ValueTask<bool> AdmitAsync(ClientConnection client)
    {
        if (perimeter.IsProxy(client.RemoteAddress) && !await ReadHeaderAsync(client))
        {
            LogNoHeader(client.RemoteAddress);
            return false;
        }

        if (perimeter.Denied.DeniesClient(client.RemoteAddress))
        {
            LogDenied(Kind, client.RemoteAddress);
            await RefuseAsync(client, AddressDenied);
            return false;
        }

        if (!Connections.TryCount(client))
        {
            LogTooMany(Kind, client.RemoteAddress);
            await RefuseAsync(client, TooManyConnections);
            return false;
        }

        return true;
    }

    private static async ValueTask<bool> ReadHeaderAsync(ClientConnection client)
    {
        client.StartWait(HeaderTimeout);
        while (true)
        {
            var result = await client.ReadAsync();
            var input = result.Buffer;
            var read = ProxyHeaderReader.TryRead(ref input, out var header);
            client.Input.AdvanceTo(input.Start, read == ProxyRead.Done ? input.Start : input.End);
            if (read == ProxyRead.Done)
            {
                client.EndWait();
                client.ActFor(header.Source, header.Destination);
                return true;
            }

            if (read == ProxyRead.Malformed || result.IsCompleted || client.TimedOut || client.Draining)
                return false;
        }
    }
}
