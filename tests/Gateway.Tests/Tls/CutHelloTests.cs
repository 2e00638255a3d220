using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Gateway.Tests.Smtp;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>A ClientHello comes as the network cuts it: one with a post-quantum key share does not fit into a packet.</summary>
public sealed class CutHelloTests
{
    private const int OctetByOctet = 0;
    private const int AllButTheLast = -1;

    private static readonly SslProtocols[] Versions = [SslProtocols.Tls12, SslProtocols.Tls13];

    // Ready for all connections of the class: it says nothing of a client.
    private static readonly ServerCertificates Certificates = new(new TlsOptions { SelfSigned = true }, TimeProvider.System, NullLogger<ServerCertificates>.Instance);

    public static MatrixTheoryData<SslProtocols, int> Cuts { get; } = new(Versions, [OctetByOctet, 1, 4, 5, 6, 100, AllButTheLast]);

    public static MatrixTheoryData<int, int> LongHellos { get; } = new([1_800, 16_000], [OctetByOctet, 5, 1_460, AllButTheLast]);

    public static MatrixTheoryData<SslProtocols, int> Records { get; } = new(Versions, [1, 3, 5, 38, 100]);

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_hello_in_two_pieces_or_many_is_understood(SslProtocols version, int cut) =>
        await EchoAsync(OptionsOf(version), hello => Cut(hello, cut));

    [Theory]
    [MemberData(nameof(LongHellos))]
    public async Task A_hello_longer_than_a_packet_is_understood(int length, int cut) =>
        Assert.InRange(await EchoAsync(Padded(length), hello => Cut(hello, cut)), length - 150, length + 150);

    // RFC 8446 5.1
    [Theory]
    [MemberData(nameof(Records))]
    public async Task A_hello_spread_over_records_is_understood(SslProtocols version, int length)
    {
        await EchoAsync(OptionsOf(version), hello => [HandshakeOctets.InRecords(hello, length)]);
        await EchoAsync(OptionsOf(version), hello => Cut(HandshakeOctets.InRecords(hello, length), OctetByOctet));
    }

    [Fact]
    public async Task A_hello_longer_than_a_record_is_understood() =>
        Assert.InRange(await EchoAsync(Padded(40_000), hello => hello.Chunk(1_460)), 39_000, 41_000);

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task SMTP_takes_a_hello_octet_by_octet(SslProtocols version)
    {
        await using var world = await SmtpWorld.StartAsync(("tls", "on"));
        await using (var client = await SmtpClient.ConnectAsync(world))
        {
            await client.SayAsync("STARTTLS", "220");
            await using var tls = await StartAsync(client.Wire, version, client.Limit);
            await tls.SayAsync("QUIT", "221");
        }

        using var limit = Limited();
        await using var wire = Open(world.Handler, MailPort.Submissions);
        await using var submission = await StartAsync(wire, version, limit.Token);
        Assert.StartsWith("220", await submission.ReadReplyAsync(), StringComparison.Ordinal);
        await submission.SayAsync("QUIT", "221");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task POP3_takes_a_hello_octet_by_octet(SslProtocols version)
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["tls"] = "on" });
        using var limit = Limited();
        await using var plain = new WireConnection();
        plain.Start(world.Handler);
        Assert.StartsWith("+OK", await plain.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        await plain.SendAsync("STLS\r\n"u8.ToArray(), limit.Token);
        Assert.StartsWith("+OK", await plain.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        await using var started = await StartAsync(plain, version, limit.Token);
        await started.SayAsync("QUIT", "+OK");

        await using var wire = Open(world.Handler, MailPort.Pop3s);
        await using var tls = await StartAsync(wire, version, limit.Token);
        Assert.StartsWith("+OK", await tls.ReadLineAsync(), StringComparison.Ordinal);
        await tls.SayAsync("QUIT", "+OK");
    }

    [Fact]
    public async Task Who_sends_a_hello_slowly_has_the_time_of_one_handshake()
    {
        await using var world = await SmtpWorld.StartAsync(("tls", "on"));
        using var limit = Limited();
        await using var wire = Open(world.Handler, MailPort.Submissions);

        foreach (var octet in HandshakeOctets.OldHello.AsMemory(0, 4).ToArray())
        {
            await wire.UntilIdleAsync(limit.Token);
            Assert.Equal(1, world.Connections.Count(ProtocolKind.Smtp));
            await wire.SendAsync(new[] { octet }, limit.Token);
            world.Time.Advance(TimeSpan.FromSeconds(8));
        }

        await wire.SessionAsync(limit.Token);
        Assert.Contains("cause=\"it took too long\"", Assert.Single(world.Perimeter.Refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_half_hello_does_not_hold_up_the_end_of_the_server(int length)
    {
        await using var world = await SmtpWorld.StartAsync(("tls", "on"));
        using var limit = Limited();
        await using var wire = Open(world.Handler, MailPort.Submissions);
        await wire.SendAsync(HandshakeOctets.OldHello.AsMemory(0, length), limit.Token);
        await wire.UntilIdleAsync(limit.Token);

        await world.Connections.StoppingAsync(limit.Token).WaitAsync(limit.Token);

        await wire.SessionAsync(limit.Token);
        Assert.Contains("cause=\"the server is stopping\"", Assert.Single(world.Perimeter.Refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("16 03 01 00 00")] // a record of nothing
    [InlineData("16 03 01 00 00 16 03 01 00 01 01")]
    [InlineData("16 03 01 00 01 02")] // ServerHello
    [InlineData("16 03 01 00 04 10 00 00 00")]
    [InlineData("16 03 01 00 04 01 00 00 f0")] // the header of a hello alone
    [InlineData("16 03 01 00 04 01 00 00 00")] // a hello of nothing
    [InlineData("16 03 01 00 04 01 00 00 05 16 03 01 00 04 03 03 00 00")]
    [InlineData("16 02 00 00 01 01")]
    [InlineData("16 03 01 ff ff 01")]
    [InlineData("15 03 03 00 02 01 00")] // the client closes
    [InlineData("15 03 03 00 02 02 28")]
    [InlineData("15 03 03 00 00")]
    [InlineData("14 03 03 00 01 01")] // ChangeCipherSpec
    [InlineData("17 03 03 00 01 01")] // data
    [InlineData("17 03 03 00 00")]
    [InlineData("18 03 03 00 03 01 40 00")] // Heartbeat
    [InlineData("80 2e 01 03 01 00 15 00 00 00 10 01 00 80")] // SSL 2.0
    [InlineData("80 03 01 03 01")]
    [InlineData("00")]
    [InlineData("")]
    public async Task What_is_no_hello_ends_with_a_line_in_the_log(string octets)
    {
        await using var world = await SmtpWorld.StartAsync(("tls", "on"));
        await SayAsync(world, [Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal))]);

        Assert.Single(world.Perimeter.Refused, line => line.StartsWith("refused reason=tls-handshake", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public async Task Whatever_a_hello_is_bent_to_is_no_fault_of_ours()
    {
        await using var world = await SmtpWorld.StartAsync(("tls", "on"));
        var hello = await HelloOfAsync(OptionsOf(SslProtocols.Tls12 | SslProtocols.Tls13));
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            var octets = random.Next(4) == 0 ? HandshakeOctets.InRecords(hello, random.Next(1, hello.Length)) : hello[..];
            for (var changes = random.Next(1, 5); changes > 0; changes--)
                octets[random.Next(random.Next(2) == 0 ? 12 : octets.Length)] = (byte)random.Next(256);
            octets = octets[..random.Next(random.Next(2) == 0 ? 0 : octets.Length, octets.Length + 1)];

            await SayAsync(world, octets.Chunk(random.Next(1, octets.Length + 2)));

            Assert.True(world.Perimeter.Refused.Count() == i + 1, $"seed {seed}: {Convert.ToHexString(octets)}");
        }
    }

    // Whole sessions: what the client says comes back. Returns the length of its hello.
    private static async Task<int> EchoAsync(SslClientAuthenticationOptions options, Func<byte[], IEnumerable<byte[]>> cut)
    {
        using var limit = Limited();
        await using var wire = new WireConnection();
        wire.Start(new EchoHandler(Certificates));
        var stream = new CutStream(wire.ClientStream(), cut, () => wire.UntilIdleAsync(limit.Token));
        await using var tls = await TlsClient.StartAsync(stream, options, limit.Token);
        await tls.SendAsync("said\r\n");
        Assert.Equal("said", await tls.ReadLineAsync());
        await tls.Stream.ShutdownAsync();
        wire.CloseSending();
        await wire.SessionAsync(limit.Token);
        return stream.HelloLength;
    }

    // Octets instead of a handshake: nothing of them may be an error of the server.
    private static async Task SayAsync(SmtpWorld world, IEnumerable<byte[]> pieces)
    {
        using var limit = Limited();
        await using var wire = Open(world.Handler, MailPort.Submissions);
        foreach (var piece in pieces)
        {
            await wire.UntilIdleAsync(limit.Token);
            await wire.SendAsync(piece, limit.Token);
        }

        wire.CloseSending();
        await wire.SessionAsync(limit.Token);
        Assert.DoesNotContain(world.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    private static async Task<byte[]> HelloOfAsync(SslClientAuthenticationOptions options)
    {
        byte[] hello = [];
        await EchoAsync(options, whole => [hello = whole]);
        return hello;
    }

    private static Task<TlsClient> StartAsync(WireConnection wire, SslProtocols version, CancellationToken limit) =>
        TlsClient.StartAsync(new CutStream(wire.ClientStream(), hello => Cut(hello, OctetByOctet), () => wire.UntilIdleAsync(limit)), OptionsOf(version), limit);

    private static WireConnection Open(ConnectionHandler server, MailPort port)
    {
        var wire = new WireConnection();
        wire.Features.Set(new ListenerFeature(port, IsImplicitTls: true));
        wire.Start(server);
        return wire;
    }

    private static SslClientAuthenticationOptions OptionsOf(SslProtocols versions) => new() { TargetHost = "mx.acme.test", EnabledSslProtocols = versions };

    // With names of protocols that the server has never heard of (RFC 7301).
    private static SslClientAuthenticationOptions Padded(int length)
    {
        const int Name = 100;
        var options = OptionsOf(SslProtocols.Tls12 | SslProtocols.Tls13);
        options.AllowTlsResume = false;
        options.ApplicationProtocols = [.. Enumerable.Range(0, (length - 300) / (Name + 1)).Select(i => new SslApplicationProtocol(i.ToString(CultureInfo.InvariantCulture).PadLeft(Name, 'x')))];
        return options;
    }

    private static IEnumerable<byte[]> Cut(byte[] hello, int length) => length switch
    {
        OctetByOctet => hello.Chunk(1),
        AllButTheLast => [hello[..^1], hello[^1..]],
        _ => [hello[..length], hello[length..]],
    };

    private static CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        return limit;
    }
}
