using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tests.Smtp;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>SMTP under TLS (RFC 3207, RFC 8314).</summary>
public sealed class SmtpTlsTests
{
    [Fact]
    public async Task A_message_comes_over_STARTTLS_and_says_so()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await using var tls = await StartTlsAsync(client);
        await tls.SayAsync("EHLO client.test", "250");
        await tls.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await tls.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await tls.SayAsync("DATA", "354");
        await tls.SayAsync("Subject: x\r\n\r\nx\r\n.", "250");
        await tls.SayAsync("QUIT", "221");

        Assert.Null(await tls.ReadLineAsync());
        var stored = Encoding.Latin1.GetString(world.Bodies.Octets(Assert.Single(world.Router.Submitted).Message.Body));
        Assert.Matches(@"by mx\.acme\.test with ESMTPS id \w+ for <mick@acme\.test>\r\n\ttls TLS_\w+;\r\n\t", stored);
    }

    [Fact]
    public async Task STARTTLS_is_offered_until_TLS_is_on()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, "NOOP");
        Assert.Contains("250-STARTTLS", await ExtensionsAsync(client.SendAsync, () => client.Wire.ReadLineAsync(client.Limit)));
        await using var tls = await StartTlsAsync(client);

        Assert.DoesNotContain("250-STARTTLS", await ExtensionsAsync(tls.SendAsync, tls.ReadLineAsync));
        await tls.SayAsync("STARTTLS", "503 5.5.1 TLS is on already");
    }

    [Theory]
    [InlineData("STARTTLS", "503 5.5.1", false)]
    [InlineData("STARTTLS now", "501 5.5.4", true)]
    public async Task STARTTLS_comes_after_EHLO_and_alone(string line, string reply, bool greets)
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, greets ? "EHLO client.test" : "NOOP");

        await client.SayAsync(line, reply);
    }

    [Fact]
    public async Task What_was_said_before_TLS_is_forgotten()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<evil@else.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await using var tls = await StartTlsAsync(client);

        await tls.SayAsync("MAIL FROM:<jane@else.test>", "503 5.5.1 say EHLO");
        await tls.SayAsync("EHLO client.test", "250");
        await tls.SayAsync("DATA", "503 5.5.1 say MAIL first");
    }

    // CVE-2011-0411
    [Theory]
    [InlineData("STARTTLS\r\nMAIL FROM:<evil@else.test>\r\nRCPT TO:<mick@acme.test>\r\n")]
    [InlineData("STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@else.test>\r\n")]
    [InlineData("STARTTLS\r\nMAIL FROM:<evil@el")]
    public async Task What_came_in_a_packet_with_STARTTLS_is_thrown_away(string packet)
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SendAsync(packet);
        Assert.Equal("220 2.0.0 begin TLS", await client.ReadAsync());
        await using var tls = await TlsClient.StartAsync(client.Wire, client.Limit);

        await tls.SayAsync("NOOP", "250 2.0.0 ok");
        await tls.SayAsync("MAIL FROM:<jane@else.test>", "503 5.5.1 say EHLO");
        await tls.SayAsync("EHLO client.test", "250");
        await tls.SayAsync("RCPT TO:<mick@acme.test>", "503 5.5.1 say MAIL first");
    }

    [Theory]
    [InlineData("STARTTLS\r\nMAIL FROM:<evil@else.test>\r\n")]
    public async Task Plaintext_after_the_packet_is_no_handshake(string packet)
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SendAsync(packet);
        Assert.StartsWith("220", await client.ReadAsync(), StringComparison.Ordinal);

        await client.SendAsync("RCPT TO:<mick@acme.test>\r\n");

        await client.Wire.SessionAsync(client.Limit);
        AssertOneLine(world, "smtp");
    }

    [Fact]
    public async Task A_downgraded_handshake_is_refused_with_a_line_in_the_log()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("STARTTLS", "220");

        await client.Wire.SendAsync(HandshakeOctets.OldHello, client.Limit);

        await client.Wire.SessionAsync(client.Limit);
        Assert.Null(client.Wire.Aborted);
        AssertOneLine(world, "smtp");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task A_truncated_handshake_ends_with_a_line_in_the_log(int length)
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("STARTTLS", "220");

        await client.Wire.SendAsync(HandshakeOctets.OldHello.AsMemory(0, length), client.Limit);
        client.Wire.CloseSending();

        await client.Wire.SessionAsync(client.Limit);
        Assert.Null(client.Wire.Aborted);
        AssertOneLine(world, "smtp");
    }

    [Fact]
    public async Task A_client_that_stops_in_the_middle_of_a_handshake_is_waited_for_30_seconds()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("STARTTLS", "220");
        await client.Wire.SendAsync(HandshakeOctets.OldHello.AsMemory(0, 20), client.Limit);
        await client.Wire.UntilIdleAsync(client.Limit);

        world.Time.Advance(TimeSpan.FromSeconds(29));
        await client.Wire.UntilIdleAsync(client.Limit);
        Assert.Equal(1, world.Connections.Count(ProtocolKind.Smtp));
        world.Time.Advance(TimeSpan.FromSeconds(2));

        await client.Wire.SessionAsync(client.Limit);
        Assert.Null(client.Wire.Aborted);
        AssertOneLine(world, "smtp", "it took too long");
    }

    [Fact]
    public async Task A_handshake_does_not_hold_up_the_end_of_the_server()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("STARTTLS", "220");
        await client.Wire.UntilIdleAsync(client.Limit);

        await world.Connections.StoppingAsync(client.Limit).WaitAsync(client.Limit);

        await client.Wire.SessionAsync(client.Limit);
        AssertOneLine(world, "smtp", "the server is stopping");
    }

    [Fact]
    public async Task A_running_transaction_under_TLS_ends_before_the_session_does()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await using var tls = await StartTlsAsync(client);
        await tls.SayAsync("EHLO client.test", "250");
        await tls.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.Wire.UntilIdleAsync(client.Limit);

        var stopping = world.Connections.StoppingAsync(client.Limit);
        await tls.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await tls.SayAsync("DATA", "354");
        await tls.SayAsync("x\r\n.", "250");

        Assert.Equal("421 4.3.2 the server is stopping", await tls.ReadReplyAsync());
        Assert.Null(await tls.ReadLineAsync());
        await stopping.WaitAsync(client.Limit);
    }

    [Fact]
    public async Task A_silent_client_under_TLS_is_told_that_its_time_is_over()
    {
        await using var world = await StartAsync(("TIMEOUT_SMTP2", "60"));
        await using var client = await SmtpClient.ConnectAsync(world);
        await using var tls = await StartTlsAsync(client);
        await tls.SayAsync("EHLO client.test", "250");
        await client.Wire.UntilIdleAsync(client.Limit);

        world.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("421 4.4.2 timed out", await tls.ReadReplyAsync());
        Assert.Null(await tls.ReadLineAsync());
    }

    [Fact]
    public async Task A_client_that_is_cut_off_in_a_record_is_no_fault_of_ours()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await using var tls = await StartTlsAsync(client);
        await tls.SayAsync("EHLO client.test", "250");

        await client.Wire.SendAsync(new byte[] { 0x17, 3, 3, 0, 100, 1, 2, 3 }, client.Limit);
        client.Wire.CloseSending();

        await client.Wire.SessionAsync(client.Limit);
        Assert.DoesNotContain(world.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
        Assert.Contains(world.Log.Lines, line => line.Text.Contains("broken: TLS is broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_of_a_session_says_by_what_it_was_protected()
    {
        await using var world = await StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await using (var tls = await StartTlsAsync(client))
            await tls.SayAsync("QUIT", "221");
        await client.Wire.SessionAsync(client.Limit);

        Assert.Contains(world.Log.Lines, line => line.Text.StartsWith("Smtp connection from 127.0.0.1 closed (TLS 1.3 TLS_AES_256_GCM_SHA384)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_port_of_submissions_speaks_TLS_at_once_after_the_header_of_a_proxy()
    {
        await using var world = await StartAsync(("Gateway:TrustedProxies", "198.51.100.1"));
        await using var wire = new WireConnection(IPAddress.Parse("198.51.100.1"));
        wire.Features.Set(new ListenerFeature(MailPort.Submissions, IsImplicitTls: true));
        using var limit = Limited();
        wire.Start(world.Handler);
        await wire.SendAsync("PROXY TCP4 203.0.113.9 198.51.100.2 1 465\r\n"u8.ToArray(), limit.Token);
        await using var tls = await TlsClient.StartAsync(wire, limit.Token);

        Assert.StartsWith("220 mx.acme.test", await tls.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("250-STARTTLS", await ExtensionsAsync(tls.SendAsync, tls.ReadLineAsync));
        await tls.SayAsync("QUIT", "221");
        await wire.SessionAsync(limit.Token);
        Assert.Contains(world.Log.Lines, line => line.Text.StartsWith("Smtp connection from 203.0.113.9 closed (TLS 1.3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EHLO client.test\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    public async Task Plaintext_on_the_port_of_submissions_ends_with_a_line_in_the_log(string octets)
    {
        await using var world = await StartAsync();
        await using var wire = new WireConnection();
        wire.Features.Set(new ListenerFeature(MailPort.Submissions, IsImplicitTls: true));
        using var limit = Limited();
        wire.Start(world.Handler);

        await wire.SendAsync(Encoding.Latin1.GetBytes(octets), limit.Token);

        await wire.SessionAsync(limit.Token);
        AssertOneLine(world, "submissions");
    }

    [Fact]
    public async Task A_denied_client_is_sent_nothing_where_TLS_is_expected()
    {
        await using var world = await StartAsync(("deny", "IPIN=203.0.113.0/24"));
        await using var wire = new WireConnection(IPAddress.Parse("203.0.113.9"));
        wire.Features.Set(new ListenerFeature(MailPort.Submissions, IsImplicitTls: true));
        using var limit = Limited();
        wire.Start(world.Handler);

        Assert.Null(await wire.ReadLineAsync(limit.Token));
        await wire.SessionAsync(limit.Token);
    }

    private static Task<SmtpWorld> StartAsync(params (string Name, string Value)[] settings) => SmtpWorld.StartAsync([.. settings, ("tls", "on")]);

    private static async Task<TlsClient> StartTlsAsync(SmtpClient client)
    {
        await client.SayAsync("STARTTLS", "220 2.0.0 begin TLS");
        return await TlsClient.StartAsync(client.Wire, client.Limit);
    }

    private static async Task<List<string?>> ExtensionsAsync(Func<string, Task> send, Func<Task<string?>> read)
    {
        await send("EHLO client.test\r\n");
        List<string?> lines = [];
        do
            lines.Add(await read());
        while (lines[^1] is ['2', '5', '0', '-', ..]);
        return lines;
    }

    // With a cause, and the one that is given if one is.
    private static void AssertOneLine(SmtpWorld world, string port, string cause = "[^\"]+") =>
        Assert.Matches($"^refused reason=tls-handshake client=127\\.0\\.0\\.1 port={port} name=\"\" reply=\"\" cause=\"{cause}\"$", Assert.Single(world.Perimeter.Refused));

    private static CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        return limit;
    }
}
