using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Protocols.Proxy;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>
/// A port that strangers reach, SMTP or POP3. Before the session begins it learns from a trusted proxy who the client is,
/// and refuses addresses that are denied or blocked, and those that have too many connections.
/// </summary>
public abstract class PublicConnectionHandler(
    ProtocolKind kind,
    ClientConnections connections,
    ServerCertificates certificates,
    GatewayOptions options,
    Perimeter perimeter,
    ClientLog log,
    TimeProvider time,
    ILogger logger) : MailConnectionHandler(kind, connections, certificates, options, log, time, logger)
{
    /// <summary>How long a proxy may take to send its header: it is the first thing that it does.</summary>
    public static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The line that a denied client is sent before the connection closes, with its CRLF.</summary>
    protected abstract ReadOnlyMemory<byte> AddressDenied { get; }

    /// <summary>The line that a blocked client is sent before the connection closes, with its CRLF.</summary>
    protected abstract ReadOnlyMemory<byte> AddressBlocked { get; }

    protected Perimeter Perimeter => perimeter;

    protected sealed override async ValueTask<bool> AdmitAsync(ClientConnection client)
    {
        if (perimeter.IsProxy(client.RemoteAddress) && !await ReadHeaderAsync(client))
        {
            client.TellRefused(client.Draining ? RefusalReason.Stopping : RefusalReason.NoProxyHeader, "", "");
            return false;
        }

        if (FindRefusal(client) is not var (reason, line))
            return true;
        await RefuseAsync(client, reason, line);
        return false;
    }

    private (RefusalReason Reason, ReadOnlyMemory<byte> Line)? FindRefusal(ClientConnection client)
    {
        var address = client.RemoteAddress;
        if (perimeter.Denied.DeniesClient(address))
            return (RefusalReason.Denied, AddressDenied);
        if (perimeter.Blocks.Blocks(address))
            return (RefusalReason.Blocked, AddressBlocked);
        if (!Connections.TryCount(client))
            return (RefusalReason.ConnectionsPerAddress, TooManyConnections);
        return perimeter.Blocks.IsExempt(address) || perimeter.Rates.MayConnect(address) ? null : (RefusalReason.ConnectionRate, TooManyConnections);
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
