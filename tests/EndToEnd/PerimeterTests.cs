using System.Diagnostics;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>Deny entries, relaying, proxies and CONN on a live server.</summary>
public sealed class PerimeterTests
{
    private const string Strangers = "--CFG_LOCALIP=192.0.2.1";

    [Fact]
    public async Task A_deny_entry_holds_within_five_seconds_and_its_removal_too()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.AddUserAsync("mick");
        await server.ManageAsync("DENY ADD DOMAININ=client.test", "DENY ADD MAILBOXOUT=joe@far.test");
        await UntilAsync(async () => (await Wire.SendAsync(server.Smtp, "mick@acme.test", "x\r\n"u8.ToArray())).StartsWith("550 5.7.1", StringComparison.Ordinal));
        await server.ManageAsync("DENY ADD IPIN=127.3.2.1/8");
        await UntilAsync(async () => await GreetingAsync(server) == "554 5.7.1 your address is denied");
        using (var client = await LineClient.ConnectAsync(server.Pop3))
            Assert.Equal("-ERR your address is denied", await client.ReadLineAsync());
        Assert.Equal(["DOMAININ: client.test", "IPIN: 127.0.0.0/8", "MAILBOXOUT: joe@far.test"], (await server.ManageAsync("DENY LIST ALL")).SkipLast(1).Order(StringComparer.Ordinal));

        Assert.Equal("OK0500 3 deleted", (await server.ManageAsync("DENY DEL ALL"))[^1]);

        await UntilAsync(async () => (await GreetingAsync(server)).StartsWith("220", StringComparison.Ordinal));
        Assert.StartsWith("250", await Wire.SendAsync(server.Smtp, "mick@acme.test", "x\r\n"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conn_shows_the_sessions_of_the_server()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.AddUserAsync("mick");
        using var smtp = await Wire.GreetAsync(server.Smtp);
        await smtp.SmtpAsync("MAIL FROM:<>");
        await smtp.SmtpAsync("RCPT TO:<mick@acme.test>");
        using var pop3 = await LineClient.ConnectAsync(server.Pop3);
        await pop3.ReadLineAsync();
        await pop3.Pop3Async("USER mick@acme.test");
        await pop3.Pop3Async("PASS secret");

        var mail = await server.ManageAsync("CONN SMTP SHOW");
        var fetch = await server.ManageAsync("CONN POP3 SHOW");

        Assert.Matches(@"^client\.test\t127\.0\.0\.1\t<>\t<mick@acme\.test>\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t\d+\t0\t\S+/\d+-[0-9a-f]{4}$", mail[0]);
        Assert.Equal("OK1000 1 listed", mail[1]);
        Assert.Matches(@"^mick@acme\.test\t127\.0\.0\.1\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t\d+\t\S+/\d+-[0-9a-f]{4}$", fetch[0]);
        Assert.Equal("OK1000 1 listed", fetch[1]);
    }

    [Fact]
    public async Task Pop_before_smtp_lets_a_stranger_relay_after_a_login()
    {
        await using var server = await ServerUnderTest.StartAsync(null, Strangers, "--CFG_ANTIRELY=2");
        await server.AddUserAsync("mick");
        await server.AddUserAsync("weak", "weak");
        Assert.StartsWith("550 5.7.1", await Wire.SendAsync(server.Smtp, "x@far.test", "x\r\n"u8.ToArray()), StringComparison.Ordinal);
        await Wire.FetchAllAsync(server.Pop3, "weak@acme.test", "weak");
        Assert.StartsWith("550 5.7.1", await Wire.SendAsync(server.Smtp, "x@far.test", "x\r\n"u8.ToArray()), StringComparison.Ordinal);

        await Wire.FetchAllAsync(server.Pop3, "mick@acme.test");

        Assert.StartsWith("250 2.0.0 queued", await Wire.SendAsync(server.Smtp, "x@far.test", "x\r\n"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_the_permit_goes_to_the_client_and_outlives_the_process()
    {
        using var folder = new TemporaryFolder();
        string[] settings = [Strangers, "--CFG_ANTI_RELY=2", "--Gateway:TrustedProxies=127.0.0.0/8"];
        await using (var first = await Restarted.StartAsync(folder.Path, settings))
        {
            await ServerUnderTest.ManageAsync(first.Server.Endpoint("management"), "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
            using var pop3 = await LineClient.ConnectAsync(first.Server.Endpoint("pop3"));
            await pop3.SendAsync("PROXY TCP4 203.0.113.9 198.51.100.2 56324 110\r\n");
            Assert.StartsWith("+OK", await pop3.ReadLineAsync(), StringComparison.Ordinal);
            await pop3.Pop3Async("USER mick@acme.test");
            Assert.StartsWith("+OK", await pop3.Pop3Async("PASS secret"), StringComparison.Ordinal);
        }

        await using var second = await Restarted.StartAsync(folder.Path, settings);
        Assert.Equal("250", await RelayAsync("PROXY TCP4 203.0.113.9 198.51.100.2 56324 25\r\n"));
        Assert.Equal("550", await RelayAsync("PROXY TCP4 203.0.113.10 198.51.100.2 56324 25\r\n"));
        Assert.Equal("550", await RelayAsync("PROXY UNKNOWN\r\n"));
        Assert.Null(await RelayAsync(""));

        async Task<string?> RelayAsync(string header)
        {
            using var client = await LineClient.ConnectAsync(second.Server.Endpoint("smtp"));
            await client.SendAsync(header + "HELO client.test\r\nMAIL FROM:<jane@else.test>\r\nRCPT TO:<x@far.test>\r\n");
            string? reply = null;
            for (var i = 0; i < 4; i++)
                reply = await client.ReadLineAsync();
            return reply?[..3];
        }
    }

    [Theory]
    [InlineData("--CFG_ANTI_RELY=0", "--Gateway:Bind=0.0.0.0", "CFG_ANTI_RELY = '0' is not allowed")]
    [InlineData("--CFG_LOCALIP=0.0.0.0/0", "--CFG_ANTI_RELY=1", "CFG_LOCALIP = '0.0.0.0/0' is not allowed")]
    public void A_server_that_would_relay_for_all_does_not_start(string setting, string other, string message)
    {
        using var folder = new TemporaryFolder();
        var thrown = Assert.Throws<Gateway.Configuration.ParameterException>(() => Silo.MailServer.Build([.. ServerUnderTest.Arguments(folder.Path), setting, other]));
        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
    }

    private static async Task<string> GreetingAsync(ServerUnderTest server)
    {
        using var client = await LineClient.ConnectAsync(server.Smtp);
        return await client.SmtpReplyAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The server in this process over a folder that outlives it.</summary>
    private sealed class Restarted(Silo.MailServer server) : IAsyncDisposable
    {
        public Silo.MailServer Server => server;

        public static async Task<Restarted> StartAsync(string folder, string[] settings)
        {
            var server = Silo.MailServer.Build([.. ServerUnderTest.Arguments(folder), .. settings]);
            await server.StartAsync();
            return new(server);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
