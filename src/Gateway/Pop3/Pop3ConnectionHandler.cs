using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Protocols.Pop3;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>Serves POP3 (RFC 1939, 2449, 3206, 5034, 6856) on a connection.</summary>
public sealed class Pop3ConnectionHandler(
    ClientConnections connections,
    ServerCertificates certificates,
    GatewayOptions gateway,
    Perimeter perimeter,
    Pop3Options options,
    LoginService logins,
    LoginOptions loginOptions,
    IGrainFactory grains,
    IBodyStore bodies,
    OpenMailboxes mailboxes,
    Pop3Metrics metrics,
    ClientLog log,
    TimeProvider time,
    ILogger<Pop3ConnectionHandler> logger) : PublicConnectionHandler(ProtocolKind.Pop3, connections, certificates, gateway, perimeter, log, time, logger)
{
    private readonly Pop3Services services =
        new(options, gateway.HostName, perimeter.Relay, logins, loginOptions, new AuthOffers(loginOptions, perimeter), grains, bodies, mailboxes, metrics, time, logger);

    protected override ReadOnlyMemory<byte> TooManyConnections { get; } = Pop3Reply.TooManyConnections.ToArray();

    protected override ReadOnlyMemory<byte> Stopping { get; } = Pop3Reply.Stopping.ToArray();

    protected override ReadOnlyMemory<byte> AddressDenied { get; } = Pop3Reply.AddressDenied.ToArray();

    protected override ReadOnlyMemory<byte> AddressBlocked { get; } = Pop3Reply.AddressBlocked.ToArray();

    protected override Task RunSessionAsync(ClientConnection connection) => new Pop3Session(connection, services).RunAsync();
}
