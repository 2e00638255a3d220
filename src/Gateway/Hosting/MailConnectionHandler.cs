using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>
/// What the three protocols share at a new connection: the limits, the log scope, and the one place where an exception
/// of a session ends. A fault in one connection never reaches another.
/// </summary>
public abstract partial class MailConnectionHandler(
    ProtocolKind kind,
    ClientConnections connections,
    ServerCertificates certificates,
    GatewayOptions options,
    ClientLog log,
    TimeProvider time,
    ILogger logger) : ConnectionHandler
{
    protected ProtocolKind Kind => kind;

    protected ClientConnections Connections => connections;

    private MailPort DefaultPort => kind switch
    {
        ProtocolKind.Smtp => MailPort.Smtp,
        ProtocolKind.Pop3 => MailPort.Pop3,
        _ => MailPort.Management,
    };

    /// <summary>The line that a client over a limit is sent before the connection closes, with its CRLF.</summary>
    protected abstract ReadOnlyMemory<byte> TooManyConnections { get; }

    /// <summary>The line that a client is sent that comes while the gateway stops, with its CRLF.</summary>
    protected abstract ReadOnlyMemory<byte> Stopping { get; }

    /// <summary>Whether a session may begin; who returns false has said why.</summary>
    protected virtual ValueTask<bool> AdmitAsync(ClientConnection client) => new(true);

    /// <summary>Talks with the client until the session ends. Returning closes the connection after all was sent.</summary>
    protected abstract Task RunSessionAsync(ClientConnection connection);

    public sealed override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var listener = connection.Features.Get<ListenerFeature>() ?? new ListenerFeature(DefaultPort);
        var client = new ClientConnection(connection, listener, certificates, log, time, options.WriteTimeout);
        using var scope = logger.BeginScope(client.Id);
        if (!connections.TryAdd(client, kind))
        {
            await (connections.IsStopping
                ? RefuseAsync(client, RefusalReason.Stopping, Stopping)
                : RefuseAsync(client, RefusalReason.Connections, TooManyConnections));
            return;
        }

        try
        {
            if (!await AdmitAsync(client))
                return;
            LogOpened(kind, client.RemoteAddress);
            if (client.IsImplicitTls)
                await client.AcceptTlsAsync();
            await RunSessionAsync(client);
            await client.EndTlsAsync();
        }
        catch (TlsHandshakeException exception)
        {
            log.Refusals.TellHandshake(client.Caller, exception.Message);
        }
        catch (Exception exception) when (exception is ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
        {
            LogBroken(kind, client.RemoteAddress, exception.Message);
        }
        catch (Exception exception)
        {
            LogFailed(exception, kind, client.RemoteAddress);
        }
        finally
        {
            connections.Remove(client);
            LogClosed(kind, client.RemoteAddress, client.Tls?.ToString() ?? "plaintext");
            await client.ReleaseAsync();
        }
    }

    /// <summary>Sends a last line, and tells why; a client that waits for TLS could not read it.</summary>
    protected async Task RefuseAsync(ClientConnection client, RefusalReason reason, ReadOnlyMemory<byte> line)
    {
        client.TellRefused(reason, "", client.IsImplicitTls ? "" : Encoding.UTF8.GetString(line.Span));
        if (client.IsImplicitTls)
            return;
        try
        {
            client.Replies.Write(line.Span);
            await client.FlushAsync();
        }
        catch (Exception exception) when (exception is ConnectionResetException or ConnectionAbortedException)
        {
            LogBroken(kind, client.RemoteAddress, exception.Message);
        }
    }
}
