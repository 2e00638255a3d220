using System.Buffers;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Serves the management protocol on a Kestrel endpoint.</summary>
public sealed class ManagementConnectionHandler(
    ClientConnections connections,
    ServerCertificates certificates,
    GatewayOptions gateway,
    ManagementOptions options,
    ManagementAccess access,
    ManagementCommands commands,
    ClientLog log,
    TimeProvider time,
    ILogger<ManagementConnectionHandler> logger)
    : MailConnectionHandler(ProtocolKind.Management, connections, certificates, gateway, log, time, logger)
{
    protected override ReadOnlyMemory<byte> TooManyConnections { get; } = Format(ManageTexts.TooManyConnections);

    protected override ReadOnlyMemory<byte> Stopping { get; } = Format(ManageTexts.Stopping);

    protected override Task RunSessionAsync(ClientConnection connection) =>
        new ManagementSession(connection, options, access, commands, logger).RunAsync();

    private static ReadOnlyMemory<byte> Format(string text)
    {
        var line = new ArrayBufferWriter<byte>();
        ManageReplyWriter.WriteStatus(line, new(ManageFamily.Session, ManageEnding.Trouble, text));
        return line.WrittenMemory;
    }
}
