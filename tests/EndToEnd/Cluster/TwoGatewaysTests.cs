using System.Net;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;
using Orleans.Mail.TestKit.Certificates;
using Orleans.Mail.TestKit.Dns;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>Two gateways on two silos, which know each other by certificates: what one does holds at the other.</summary>
public sealed class TwoGatewaysTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private const string Budget = "--Abuse:LoginFailures=3";

    private static readonly byte[] Text = "Subject: x\r\n\r\nhello\r\n"u8.ToArray();

    private readonly SharedStore store = new();
    private readonly DnsServer dns = new();
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder certificates = new();
    private IPEndPoint silo = null!;
    private GatewayServer a = null!;
    private GatewayServer b = null!;

    public async ValueTask InitializeAsync()
    {
        dns.Add("far.test", "MX 10 mx.far.test");
        dns.Add("mx.far.test", "A 192.0.2.99");
        var resolver = $"--Dns:Servers={dns.EndPoint}";
        var tls = InstallCertificate();
        var silos = await Task.WhenAll(store.StartSiloAsync([resolver, Budget, .. tls]), store.StartSiloAsync([resolver, Budget, .. tls]));
        silo = silos[0].Endpoint("silo");
        string[] settings = ["--CFG_ANTI_RELY=2", "--Logins:FailureDelay=0"];
        var gateways = await Task.WhenAll(store.StartGatewayAsync([.. settings, .. tls]), store.StartGatewayAsync([.. settings, .. tls]));
        (a, b) = (gateways[0], gateways[1]);
        await ManageAsync(a, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        await Eventually.HoldsAsync(Soon, () => KnowsAsync(b));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await dns.DisposeAsync();
        certificates.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task A_user_made_at_one_gets_mail_from_the_other_and_fetches_it_at_the_first()
    {
        await AcceptsAsync(b);
        var messages = await Wire.FetchAllAsync(a.Endpoint("pop3"), "mick@acme.test");
        Assert.All(messages, message => Assert.Contains("hello", message, StringComparison.Ordinal));
        Assert.Single(messages);
    }

    [Fact]
    public async Task A_silo_shows_its_certificate_to_whoever_connects()
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(silo);
        await using var tls = new System.Net.Security.SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate!.Subject == "CN=cluster");
        await tls.AuthenticateAsClientAsync("silo").WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_changed_password_holds_everywhere_at_once()
    {
        await Wire.FetchAllAsync(b.Endpoint("pop3"), "mick@acme.test");
        await ManageAsync(a, "USER MOD NAME=mick DOMAIN=acme.test PASS=other");
        await Wire.FetchAllAsync(b.Endpoint("pop3"), "mick@acme.test", "other");
        Assert.StartsWith("-ERR", await LoginAsync(b, "secret"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_that_goes_at_one_is_refused_at_the_other()
    {
        await AcceptsAsync(b);
        await ManageAsync(a, "DOMAIN DEL NAME=acme.test");
        await Eventually.HoldsAsync(Soon, async () => (await SendAsync(b)).StartsWith("550", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deny_entry_holds_at_the_other_within_five_seconds_and_its_removal_too()
    {
        await AcceptsAsync(b);
        await ManageAsync(a, "DENY ADD DOMAININ=client.test");
        await Eventually.HoldsAsync(Soon, async () => (await SendAsync(b)).StartsWith("550 5.7.1", StringComparison.Ordinal));
        await ManageAsync(b, "DENY DEL DOMAININ=client.test");
        await Eventually.HoldsAsync(Soon, async () => (await SendAsync(a)).StartsWith("250", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_guesses_at_one_is_blocked_at_the_other_until_an_operator_lifts_it_at_either()
    {
        var guesser = IPAddress.Parse("127.1.0.5"); // 127.0.0.1 is exempt
        foreach (var gateway in (GatewayServer[])[a, b, a])
            Assert.StartsWith("-ERR [AUTH]", await LoginAsync(gateway, "wrong", guesser), StringComparison.Ordinal);
        foreach (var gateway in (GatewayServer[])[a, b])
            await Eventually.HoldsAsync(Soon, async () => (await LoginAsync(gateway, "secret", guesser)).StartsWith("-ERR [SYS/TEMP]", StringComparison.Ordinal));
        Assert.StartsWith("+OK", await LoginAsync(b, "secret"), StringComparison.Ordinal);

        Assert.Contains(await ManageAsync(b, "BLOCK LIST"), line => line.StartsWith("127.1.0.5", StringComparison.Ordinal));
        await ManageAsync(b, "BLOCK DEL IP=127.1.0.5");
        foreach (var gateway in (GatewayServer[])[a, b])
            await Eventually.HoldsAsync(Soon, async () => (await LoginAsync(gateway, "secret", guesser)).StartsWith("+OK", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mailbox_that_is_open_at_one_is_locked_at_the_other()
    {
        using var first = await LineClient.ConnectAsync(a.Endpoint("pop3"));
        await first.ReadLineAsync();
        await first.Pop3Async("USER mick@acme.test");
        Assert.StartsWith("+OK", await first.Pop3Async("PASS secret"), StringComparison.Ordinal);
        Assert.StartsWith("-ERR [IN-USE]", await LoginAsync(b, "secret"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await first.Pop3Async("QUIT"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await LoginAsync(b, "secret"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_at_one_lets_the_client_relay_at_the_other()
    {
        Assert.StartsWith("550 5.7.1", await SendAsync(b, "x@far.test"), StringComparison.Ordinal);
        await Wire.FetchAllAsync(a.Endpoint("pop3"), "mick@acme.test");
        Assert.StartsWith("250", await SendAsync(b, "x@far.test"), StringComparison.Ordinal);
        var queued = await ManageAsync(a, "QUEUE SHOW ALL");
        Assert.Contains(queued, line => line.Contains("x@far.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_shows_the_sessions_and_counts_of_both()
    {
        using var smtpA = await Wire.GreetAsync(a.Endpoint("smtp"));
        using var smtpB = await Wire.GreetAsync(b.Endpoint("smtp"));
        await AcceptsAsync(a);
        await AcceptsAsync(b);
        foreach (var gateway in (GatewayServer[])[a, b])
        {
            var sessions = await ManageAsync(gateway, "CONN SMTP SHOW");
            Assert.Equal("OK1000 2 listed", sessions[^1]);
            Assert.Equal(2, sessions.SkipLast(1).Select(line => line.Split('\t')[^1]).Distinct().Count());
            await Eventually.HoldsAsync(Soon, async () =>
            {
                var status = await ManageAsync(gateway, "STATUS");
                return new[] { "Silos:\t2", "Gateways:\t2", "Mails received:\t2", "SMTP in connections:\t2" }.All(status.Contains);
            });
        }
    }

    [Fact]
    public async Task What_dns_said_is_known_and_forgotten_everywhere()
    {
        await ManageAsync(a, "DNS RESOLV DOMAIN=far.test");
        Assert.Contains(await ManageAsync(b, "DNS CACHE SHOW DOMAIN=far.test"), line => line.Contains("192.0.2.99", StringComparison.Ordinal));
        await ManageAsync(b, "DNS CACHE FLUSH DOMAIN=far.test");
        Assert.DoesNotContain(await ManageAsync(a, "DNS CACHE SHOW ALL"), line => line.Contains("192.0.2.99", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_is_traced_at_whatever_gateway_took_it()
    {
        var reply = await SendAsync(b);
        var id = reply.Split(' ')[^1];
        var trace = await ManageAsync(a, $"MSG TRACE ID={id}");
        Assert.Contains(trace, line => line.Contains("mick@acme.test", StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<string>> ManageAsync(GatewayServer gateway, params string[] commands) =>
        ServerUnderTest.ManageAsync(gateway.Endpoint("management"), commands);

    private static Task<string> SendAsync(GatewayServer gateway, string to = "mick@acme.test") => Wire.SendAsync(gateway.Endpoint("smtp"), to, Text);

    /// <summary>The reply to PASS, or the greeting of a client that is not let in.</summary>
    private static async Task<string> LoginAsync(GatewayServer gateway, string password, IPAddress? from = null)
    {
        using var client = await LineClient.ConnectAsync(gateway.Endpoint("pop3"), from);
        if (await client.ReadLineAsync() is { } refused && refused.StartsWith("-ERR", StringComparison.Ordinal))
            return refused;
        await client.Pop3Async("USER mick@acme.test");
        var reply = await client.Pop3Async($"PASS {password}");
        await client.Pop3Async("QUIT");
        return reply;
    }

    private static async Task AcceptsAsync(GatewayServer gateway) =>
        Assert.StartsWith("250", await SendAsync(gateway), StringComparison.Ordinal);

    private string[] InstallCertificate()
    {
        var signed = authority.Sign("cluster");
        var (all, root) = (Path.Combine(certificates.Path, "all.pem"), Path.Combine(certificates.Path, "ca.pem"));
        File.WriteAllText(all, signed.Chain + signed.Key);
        File.WriteAllText(root, authority.Root.ExportCertificatePem());
        return [$"--Cluster:TlsCertificate={all}", $"--Cluster:TlsAuthority={root}"];
    }

    private static async Task<bool> KnowsAsync(GatewayServer gateway)
    {
        using var client = await Wire.GreetAsync(gateway.Endpoint("smtp"));
        await client.SmtpAsync("MAIL FROM:<>");
        return (await client.SmtpAsync("RCPT TO:<mick@acme.test>")).StartsWith("250", StringComparison.Ordinal);
    }
}
