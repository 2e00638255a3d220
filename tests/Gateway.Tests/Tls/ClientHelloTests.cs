using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

public sealed class ClientHelloTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, true)]
    public async Task A_client_says_whom_it_asks_for_and_whether_it_knows_TLS_1_3_once_all_is_there(SslProtocols versions, bool expected)
    {
        var hello = await SayHelloAsync(versions);
        for (var length = 0; length < hello.Length; length++)
        {
            Assert.False(ClientHello.TryRead(new(hello, 0, length), out _, out var needed));
            Assert.Equal(length < ClientHello.HeaderLength ? ClientHello.HeaderLength : hello.Length, needed);
        }

        Assert.True(ClientHello.TryRead(new(hello), out var whole, out _));
        Assert.True(ClientHello.TryRead(InPieces([.. hello, 1, 2, 3]), out var pieces, out _));

        Assert.Equal((new("mx.acme.test", expected), new("mx.acme.test", expected)), (whole, pieces));
    }

    [Fact]
    public void What_is_no_hello_offers_nothing()
    {
        foreach (var octets in new byte[][] { HandshakeOctets.OldHello, [.. "EHLO client.test\r\n"u8], [22, 3, 1, 0xff, 0xff], [22, 3, 1, 0, 0] })
        {
            Assert.True(ClientHello.TryRead(new(octets), out var hello, out _));
            Assert.Equal(new("", OffersTls13: false), hello);
        }
    }

    [Fact]
    public async Task Bent_hellos_are_borne()
    {
        var hello = await SayHelloAsync(SslProtocols.Tls12 | SslProtocols.Tls13);
        var random = new Random(17);
        for (var i = 0; i < 20_000; i++)
        {
            var bent = hello[..random.Next(5, hello.Length + 1)];
            for (var changes = random.Next(1, 5); changes > 0; changes--)
                bent[random.Next(bent.Length)] = (byte)random.Next(256);

            Assert.Equal(
                (ClientHello.TryRead(new(bent), out var whole, out _), whole),
                (ClientHello.TryRead(InPieces(bent), out var pieces, out _), pieces));
        }
    }

    // The first record of a client of .NET.
    private static async Task<byte[]> SayHelloAsync(SslProtocols versions)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var wire = new WireConnection();
        var server = new HelloCatcher();
        wire.Start(server);
        await using var stream = new SslStream(wire.ClientStream());
        var options = new SslClientAuthenticationOptions { TargetHost = "mx.acme.test", EnabledSslProtocols = versions, CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        await Assert.ThrowsAsync<IOException>(() => stream.AuthenticateAsClientAsync(options, limit.Token)); // the server hangs up
        return server.Heard;
    }

    private static ReadOnlySequence<byte> InPieces(byte[] octets)
    {
        var first = new Piece(octets.AsMemory(0, 1), 0);
        var last = first;
        for (var i = 1; i < octets.Length; i++)
            last = last.Append(octets.AsMemory(i, 1));
        return new(first, 0, last, 1);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> octets, long index) => (Memory, RunningIndex) = (octets, index);

        public Piece Append(ReadOnlyMemory<byte> octets)
        {
            var next = new Piece(octets, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    private sealed class HelloCatcher : ConnectionHandler
    {
        public byte[] Heard { get; private set; } = [];

        public override async Task OnConnectedAsync(ConnectionContext connection) =>
            Heard = (await connection.Transport.Input.ReadAsync()).Buffer.ToArray();
    }
}
