using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>Which sessions are resumed, as the octets of the handshake show it. The client is ready to resume all.</summary>
public sealed class ResumptionTests
{
    private const byte ServerHello = 2;
    private const byte NewSessionTicket = 4;
    private const byte Certificate = 11;
    private const ushort PreSharedKey = 41;

    private readonly ServerCertificates certificates = new(
        new TlsOptions { SelfSigned = true }, TimeProvider.System, NullLogger<ServerCertificates>.Instance);

    [Fact]
    public async Task A_session_of_TLS_1_3_is_resumed_with_a_new_key_exchange()
    {
        const ushort keyShare = 51;
        const string host = "resumed.acme.test";

        var first = await ConnectAsync(host, SslProtocols.Tls12 | SslProtocols.Tls13);
        var second = await ConnectAsync(host, SslProtocols.Tls12 | SslProtocols.Tls13);

        Assert.DoesNotContain(PreSharedKey, ExtensionsOf(first));
        Assert.Contains(PreSharedKey, ExtensionsOf(second));
        Assert.Contains(keyShare, ExtensionsOf(second));
    }

    [Fact]
    public async Task A_session_of_TLS_1_3_is_resumed_by_a_hello_in_pieces()
    {
        const string host = "pieces.acme.test";

        await ConnectAsync(host, SslProtocols.Tls13, hello => hello.Chunk(50));

        Assert.Contains(PreSharedKey, ExtensionsOf(await ConnectAsync(host, SslProtocols.Tls13, hello => hello.Chunk(50))));
    }

    // What is not in the first record is not known when it is decided.
    [Fact]
    public async Task A_session_is_not_resumed_by_a_hello_spread_over_records()
    {
        const string host = "records.acme.test";

        await ConnectAsync(host, SslProtocols.Tls13);

        Assert.DoesNotContain(PreSharedKey, ExtensionsOf(await ConnectAsync(host, SslProtocols.Tls13, hello => [HandshakeOctets.InRecords(hello, 50)])));
    }

    // Else who learns the key of the tickets reads what was recorded (RFC 5077 5.5).
    [Fact]
    public async Task A_session_of_TLS_1_2_is_neither_ticketed_nor_resumed()
    {
        const string host = "whole.acme.test";
        for (var i = 0; i < 3; i++)
        {
            var messages = await ConnectAsync(host, SslProtocols.Tls12);

            Assert.Contains(messages, message => message.Type == Certificate); // a resumed session shows none
            Assert.DoesNotContain(messages, message => message.Type == NewSessionTicket);
            Assert.Equal(0, HelloOf(messages)[SessionId]); // nor does the server remember it
        }
    }

    // After version (2) and random (32): its length, then the id.
    private const int SessionId = 34;

    private static byte[] HelloOf(IReadOnlyList<(byte Type, byte[] Content)> messages) => messages.Single(message => message.Type == ServerHello).Content;

    private static List<ushort> ExtensionsOf(IReadOnlyList<(byte Type, byte[] Content)> messages)
    {
        var hello = HelloOf(messages).AsSpan();
        var types = new List<ushort>();
        for (var rest = hello[(SessionId + 1 + hello[SessionId] + 5)..]; rest.Length >= 4;) // behind cipher, compression and length
        {
            types.Add(BinaryPrimitives.ReadUInt16BigEndian(rest));
            rest = rest[(4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        }

        return types;
    }

    private async Task<IReadOnlyList<(byte Type, byte[] Content)>> ConnectAsync(string host, SslProtocols versions, Func<byte[], IEnumerable<byte[]>>? cut = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var wire = new WireConnection();
        wire.Start(new EchoHandler(certificates));
        await using var tap = new TappedStream(new CutStream(wire.ClientStream(), cut ?? (static hello => [hello]), () => wire.UntilIdleAsync(limit.Token)));
        await using var stream = new SslStream(tap);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = versions,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            },
            limit.Token);
        Assert.Equal(versions.HasFlag(SslProtocols.Tls13) ? SslProtocols.Tls13 : SslProtocols.Tls12, stream.SslProtocol);
        // The tickets of TLS 1.3 come with what is read first.
        await stream.WriteAsync("x"u8.ToArray(), limit.Token);
        await stream.FlushAsync(limit.Token);
        Assert.Equal(1, await stream.ReadAsync(new byte[1], limit.Token));
        await stream.ShutdownAsync();
        return tap.Messages();
    }
}
