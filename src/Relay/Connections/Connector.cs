using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Relay.Connections;

/// <summary>Makes connections on which MAIL can be said: connect, greeting, EHLO, TLS, login.</summary>
internal sealed partial class Connector(RelayOptions options, RelayMetrics metrics, TimeProvider time, ILogger<Connector> logger)
{
    /// <summary>A connection, or why the host gives none. Throws only when the caller gives up.</summary>
    public async Task<(PeerConnection? Connection, HostRefusal? Refusal)> OpenAsync(RelayHost host, bool isSmartHost, CancellationToken cancellationToken)
    {
        var result = await TryOpenAsync(host, isSmartHost, withTls: true, cancellationToken);
        if (result.TlsFailed && !options.RequireTls && !(isSmartHost && NeedsTls(host)))
        {
            LogWithoutTls(host.Name, host.EndPoint.Address, result.Refusal!.Status);
            result = await TryOpenAsync(host, isSmartHost, withTls: false, cancellationToken);
        }

        metrics.Connected(result.Connection);
        return (result.Connection, result.Refusal);
    }

    private bool LogsIn(bool isSmartHost) => isSmartHost && options.SmartHostUser.Length > 0;

    // A password in clear text stays on this machine.
    private bool NeedsTls(RelayHost host) => options.SmartHostUser.Length > 0 && !IPAddress.IsLoopback(host.EndPoint.Address);

    private async Task<Opened> TryOpenAsync(RelayHost host, bool isSmartHost, bool withTls, CancellationToken cancellationToken)
    {
        PeerConnection? connection = null;
        var refusal = new HostRefusal("", "");
        try
        {
            connection = await PeerConnection.OpenAsync(host, options, metrics, time, logger, cancellationToken);
            using var giveUp = connection.GiveUpWith(cancellationToken);
            var refused = await GreetAsync(connection, host, isSmartHost, withTls);
            if (refused is null)
            {
                connection.Rest();
                var opened = connection;
                connection = null;
                return new Opened(opened, null, TlsFailed: false);
            }

            return new Opened(null, refused, TlsFailed: false);
        }
        catch (PeerFault fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            refusal = new HostRefusal(fault.Message, fault.Step == ClientStep.Connect ? "" : $"{host.Name} [{host.EndPoint.Address}]");
            return new Opened(null, refusal, fault is { Step: ClientStep.StartTls, Kind: not PeerFaultKind.Closing });
        }
        finally
        {
            connection?.Quit();
        }
    }

    // Null when MAIL can be said.
    private async Task<HostRefusal?> GreetAsync(PeerConnection connection, RelayHost host, bool isSmartHost, bool withTls)
    {
        var (reply, meaning) = await connection.ReadMeaningAsync(ClientStep.Banner, options.HelloTimeout);
        if (meaning != ReplyMeaning.Go)
            return Refuse(connection, reply, meaning);
        if (await HelloAsync(connection) is { } refusedHello)
            return refusedHello;
        if (withTls && connection.Capabilities.StartTls)
        {
            if (await StartTlsAsync(connection, host, isSmartHost) is { } refusedTls)
                return refusedTls;
        }
        else if (options.RequireTls)
        {
            return new HostRefusal("4.7.4 the host offers no TLS", connection.Host);
        }

        return LogsIn(isSmartHost) ? await LogInAsync(connection, host) : null;
    }

    private async Task<HostRefusal?> HelloAsync(PeerConnection connection)
    {
        ClientCommands.Hello(connection.Output, "EHLO", options.HostName);
        var (reply, meaning) = await AskAsync(connection, ClientStep.Hello, isSecret: false);
        connection.Capabilities = meaning == ReplyMeaning.Go ? PeerCapabilities.From(reply) : PeerCapabilities.None;
        if (meaning == ReplyMeaning.OtherHost && reply.IsPermanent && !connection.IsEncrypted)
        {
            ClientCommands.Hello(connection.Output, "HELO", options.HostName); // RFC 5321 3.2
            (reply, meaning) = await AskAsync(connection, ClientStep.Hello, isSecret: false);
        }

        return meaning == ReplyMeaning.Go ? null : Refuse(connection, reply, meaning);
    }

    private async Task<HostRefusal?> StartTlsAsync(PeerConnection connection, RelayHost host, bool isSmartHost)
    {
        ClientCommands.StartTls(connection.Output);
        var (reply, meaning) = await AskAsync(connection, ClientStep.StartTls, isSecret: false);
        if (meaning != ReplyMeaning.Go && reply.IsTemporary)
            throw new PeerFault(PeerFaultKind.Tls, ClientStep.StartTls, reply.Status(4));
        if (meaning != ReplyMeaning.Go)
            return Refuse(connection, reply, meaning);
        var verifies = isSmartHost && NeedsTls(host) && !options.SmartHostAnyCertificate;
        await connection.StartTlsAsync(host.Name, verifies, options.HelloTimeout);
        return await HelloAsync(connection); // RFC 3207 4.2: what was offered before is forgotten
    }

    private async Task<HostRefusal?> LogInAsync(PeerConnection connection, RelayHost host)
    {
        if (!connection.IsEncrypted && NeedsTls(host))
            return new HostRefusal("4.7.4 the smart host offers no TLS for the login", connection.Host);
        PeerReply reply;
        ReplyMeaning meaning;
        if (connection.Capabilities.AuthPlain)
        {
            ClientCommands.AuthPlain(connection.Output, options.SmartHostUser, options.SmartHostPassword);
            (reply, meaning) = await AskAsync(connection, ClientStep.Auth, isSecret: true);
        }
        else if (connection.Capabilities.AuthLogin)
        {
            (reply, meaning) = await AuthLoginAsync(connection);
        }
        else
        {
            return new HostRefusal("4.7.0 the smart host offers no login that we know (PLAIN, LOGIN)", connection.Host);
        }

        return meaning == ReplyMeaning.Go ? null : Refuse(connection, reply, meaning);
    }

    private async Task<(PeerReply Reply, ReplyMeaning Meaning)> AuthLoginAsync(PeerConnection connection)
    {
        ClientCommands.AuthLogin(connection.Output);
        foreach (var value in (string[])[options.SmartHostUser, options.SmartHostPassword])
        {
            await connection.FlushAsync(ClientStep.Auth, options.HelloTimeout, isSecret: true);
            var reply = await connection.ReadAsync(ClientStep.Auth, options.HelloTimeout);
            if (!reply.IsIntermediate)
                return (reply, reply.IsPositive ? throw PeerFault.OutOfOrder(ClientStep.Auth, reply) : ReplyTable.Read(ClientStep.Auth, reply));
            ClientCommands.AuthResponse(connection.Output, value);
        }

        return await AskAsync(connection, ClientStep.Auth, isSecret: true);
    }

    private async Task<(PeerReply Reply, ReplyMeaning Meaning)> AskAsync(PeerConnection connection, ClientStep step, bool isSecret)
    {
        await connection.FlushAsync(step, options.HelloTimeout, isSecret);
        return await connection.ReadMeaningAsync(step, options.HelloTimeout);
    }

    private static HostRefusal Refuse(PeerConnection connection, PeerReply reply, ReplyMeaning meaning) =>
        meaning == ReplyMeaning.NoMail ? new(reply.Status(5), connection.Host, IsFinal: true) : new(reply.Status(4), connection.Host);

    private readonly record struct Opened(PeerConnection? Connection, HostRefusal? Refusal, bool TlsFailed);

    [LoggerMessage(511, LogLevel.Information, "no TLS with {Host} [{Address}] ({Status}): going on without")]
    private partial void LogWithoutTls(string host, IPAddress address, string status);
}
