using System.Globalization;
using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tests.Pop3;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>POP3 under TLS (RFC 2595, RFC 8314).</summary>
public sealed class Pop3TlsTests
{
    private static readonly Dictionary<string, string> WithCertificate = new() { ["tls"] = "on" };

    [Fact]
    public async Task STLS_is_offered_until_TLS_is_on()
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        await using var client = await ConnectAsync(world);
        Assert.Equal("+OK capabilities follow", await client.AskAsync("CAPA"));
        Assert.Contains("STLS", await client.ReadLinesAsync());
        Assert.Equal("+OK begin TLS", await client.AskAsync("STLS"));
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);

        await tls.SendAsync("CAPA\r\n");
        Assert.DoesNotContain("STLS", await LinesAsync(tls));
        await tls.SendAsync("STLS\r\n");
        Assert.Equal("-ERR TLS is on already", await tls.ReadLineAsync());
    }

    [Fact]
    public async Task Mail_is_fetched_under_TLS()
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        var text = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\r\n"));
        world.Mailbox.Add("01HZZZZZZZ0000000000000004", world.Bodies.Add(text));
        await using var client = await ConnectAsync(world);
        Assert.Equal("+OK begin TLS", await client.AskAsync("STLS"));
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);
        await LogInAsync(tls);

        await tls.SendAsync("RETR 4\r\n");
        Assert.EndsWith(text, string.Concat((await LinesAsync(tls)).Skip(1).Select(line => line + "\r\n")), StringComparison.Ordinal);
        await tls.SendAsync("QUIT\r\n");
        Assert.StartsWith("+OK", await tls.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await tls.ReadLineAsync());
        await client.EndAsync();
        Assert.Contains(world.Log.Lines, line => line.Text.StartsWith("Pop3 connection from 127.0.0.1 closed (TLS 1.3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_said_before_TLS_is_forgotten()
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        await using var client = await ConnectAsync(world);
        Assert.StartsWith("+OK", await client.AskAsync("USER mick@acme.test"), StringComparison.Ordinal);
        Assert.Equal("+OK begin TLS", await client.AskAsync("STLS"));
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);

        await tls.SendAsync("PASS secret\r\n");
        Assert.Equal("-ERR send USER first", await tls.ReadLineAsync());
    }

    // CVE-2011-0411
    [Theory]
    [InlineData("STLS\r\nUSER mick@acme.test\r\nPASS secret\r\n")]
    [InlineData("STLS\r\nUSER evil")]
    public async Task What_came_in_a_packet_with_STLS_is_thrown_away(string packet)
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        await using var client = await ConnectAsync(world);
        await client.Wire.SendAsync(Encoding.ASCII.GetBytes(packet), client.Limit);
        Assert.Equal("+OK begin TLS", await client.ReadAsync());
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);

        await tls.SendAsync("STAT\r\n");
        Assert.Equal("-ERR log in first", await tls.ReadLineAsync());
        await LogInAsync(tls);
    }

    [Fact]
    public async Task A_client_that_never_begins_the_handshake_is_waited_for_30_seconds()
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        await using var client = await ConnectAsync(world);
        Assert.Equal("+OK begin TLS", await client.AskAsync("STLS"));
        await client.Wire.UntilIdleAsync(client.Limit);

        world.Pass(TimeSpan.FromSeconds(31));

        await client.EndAsync();
        Assert.Equal("refused reason=tls-handshake client=127.0.0.1 port=pop3 name=\"\" reply=\"\" cause=\"it took too long\"", Assert.Single(world.Perimeter.Refused));
    }

    [Fact]
    public async Task A_truncated_handshake_ends_with_a_line_in_the_log()
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        await using var client = await ConnectAsync(world);
        Assert.Equal("+OK begin TLS", await client.AskAsync("STLS"));

        await client.Wire.SendAsync(HandshakeOctets.OldHello.AsMemory(0, 30), client.Limit);
        client.Wire.CloseSending();

        await client.EndAsync();
        Assert.StartsWith("refused reason=tls-handshake client=127.0.0.1 port=pop3 name=\"\" reply=\"\" cause=\"", Assert.Single(world.Perimeter.Refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_TLS_is_required_a_client_elsewhere_logs_in_under_it_only()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string>(WithCertificate) { ["Pop3:RequireTls"] = "true" });
        await using var client = new WireClient(IPAddress.Parse("198.51.100.7"));
        client.Wire.Start(world.Handler);
        Assert.StartsWith("+OK", await client.ReadAsync(), StringComparison.Ordinal);
        await client.AskAsync("CAPA");
        Assert.DoesNotContain("USER", await client.ReadLinesAsync());
        Assert.Equal("-ERR authentication needs an encrypted connection", await client.AskAsync("USER mick@acme.test"));
        Assert.Equal("-ERR authentication needs an encrypted connection", await client.AskAsync("PASS secret"));
        Assert.Equal(
            new[] { "mick@acme.test", "" }.Select(name => $"refused reason=no-tls client=198.51.100.7 port=pop3 name=\"{name}\" reply=\"-ERR authentication needs an encrypted connection\""),
            world.Perimeter.Refused);
        Assert.Equal("+OK begin TLS", await client.AskAsync("STLS"));
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);

        await tls.SendAsync("CAPA\r\n");
        var offered = await LinesAsync(tls);
        Assert.Contains("USER", offered);
        Assert.Contains("SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN", offered);
        await LogInAsync(tls);
    }

    [Fact]
    public void Where_TLS_is_required_a_gateway_without_a_certificate_does_not_start()
    {
        const string Nowhere = "AccountName=nobody;AccountKey=bm9uZQ==;TableEndpoint=http://127.0.0.1:1/nobody;BlobEndpoint=http://127.0.0.1:1/nobody";

        var refused = Assert.Throws<ParameterException>(() =>
            GatewayServer.Build(["--Storage:Provider=azure", $"--Storage:ConnectionString={Nowhere}", "--Pop3:RequireTls=true"]));

        Assert.Equal("Pop3:RequireTls needs a certificate: set Tls:Certificate.", refused.Message);
    }

    [Fact]
    public async Task The_port_of_pop3s_speaks_TLS_at_once()
    {
        await using var world = await Pop3World.StartAsync(WithCertificate);
        await using var client = new WireClient();
        client.Wire.Features.Set(new ListenerFeature(MailPort.Pop3s, IsImplicitTls: true));
        client.Wire.Start(world.Handler);
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);

        Assert.StartsWith("+OK mail.acme.test", await tls.ReadLineAsync(), StringComparison.Ordinal);
        await LogInAsync(tls);
    }

    private static async Task<WireClient> ConnectAsync(Pop3World world)
    {
        var client = new WireClient();
        client.Wire.Start(world.Handler);
        Assert.StartsWith("+OK", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    private static async Task LogInAsync(TlsClient tls)
    {
        foreach (var line in new[] { "USER mick@acme.test", "PASS secret" })
        {
            await tls.SendAsync(line + "\r\n");
            Assert.StartsWith("+OK", await tls.ReadLineAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<List<string>> LinesAsync(TlsClient tls)
    {
        var lines = new List<string>();
        while (await tls.ReadLineAsync() is { } line and not ".")
            lines.Add(line);
        return lines;
    }
}
