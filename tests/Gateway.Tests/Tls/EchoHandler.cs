using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>Speaks TLS and sends back what it is sent.</summary>
internal sealed class EchoHandler(ServerCertificates certificates) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await using var tls = await TlsTransport.AcceptAsync(connection.Transport, certificates);
        while (await tls.ReadAsync() is { IsCompleted: false } read)
        {
            foreach (var part in read.Buffer)
                tls.Output.Write(part.Span);
            tls.Input.AdvanceTo(read.Buffer.End);
            await tls.FlushAsync();
        }
    }
}
