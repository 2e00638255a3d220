using System.Net;
using MimeKit;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Dns;

namespace Orleans.Mail.EndToEnd;

/// <summary>Mail finds its hosts through DNS (RFC 5321 5.1), over real sockets on several loopback addresses.</summary>
public sealed class MailExchangerTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DnsServer dns = new();
    private readonly CountingSink first = new(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
    private CountingSink second = null!;
    private ServerUnderTest server = null!;

    public async ValueTask InitializeAsync()
    {
        var port = first.Address.Port;
        second = new CountingSink(new IPEndPoint(IPAddress.Parse("127.0.0.4"), port));
        dns.Add("one.test", "A 127.0.0.3");
        dns.Add("two.test", "A 127.0.0.4");
        dns.Add("dead.test", "A 127.0.0.2");
        server = await ServerUnderTest.StartAsync(null, $"--Dns:Servers={dns.EndPoint}", $"--Relay:Port={port}", "--Relay:AllowLoopback=true");
        await server.AddUserAsync("mick");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
        await dns.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_first_host_is_passed_over()
    {
        dns.Add("far.test", "MX 10 dead.test", "MX 20 one.test", "MX 30 two.test");

        await SendAsync("ann@far.test");

        Assert.Equal("<ann@far.test>", Assert.Single((await first.ReceiveAsync()).Recipients));
        Assert.Empty(second.Arrivals);
    }

    [Fact]
    public async Task Hosts_of_one_preference_share_the_mail()
    {
        dns.Add("far.test", "MX 10 one.test", "MX 10 two.test");

        for (var i = 0; first.Arrivals.Count == 0 || second.Arrivals.Count == 0; i++)
        {
            Assert.True(i < 64, "64 messages went to one of two hosts");
            await server.ManageAsync("DNS CACHE FLUSH ALL");
            await SendAsync($"a{i}@far.test");
            await UntilArrivedAsync(i + 1);
        }
    }

    [Theory]
    [InlineData("null.test", "MX 0 .", "5.1.10")]
    [InlineData("nowhere.test", null, "5.1.2")]
    public async Task A_domain_that_takes_no_mail_is_reported_at_once(string domain, string? record, string status)
    {
        if (record is not null)
            dns.Add(domain, record);

        await SendAsync($"ann@{domain}");

        var report = await Mailbox.FetchOnlyAsync(server.Pop3, "mick@acme.test", Limit);
        Assert.Equal(status, report.BodyParts.OfType<MessageDeliveryStatus>().Single().StatusGroups[1]["Status"]);
        Assert.Contains($"ann@{domain}", report.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_without_mx_is_its_own_host_also_behind_an_alias()
    {
        dns.Add("alias.test", "CNAME one.test");

        await SendAsync("ann@alias.test");

        Assert.Equal("<ann@alias.test>", Assert.Single((await first.ReceiveAsync()).Recipients));
        Assert.Contains(await server.ManageAsync("DNS CACHE SHOW ALL"), line => line.Contains("\t127.0.0.3\t", StringComparison.Ordinal) && line.EndsWith("\tActive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dns_in_trouble_is_no_failure()
    {
        dns.Break("far.test", DnsFault.ServerFailure);

        await SendAsync("ann@far.test");

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = new CancellationTokenSource(Limit);
        while (!(await server.ManageAsync("QUEUE SHOW ALL"))[0].Contains("\t4.4.3 ", StringComparison.Ordinal))
            await timer.WaitForNextTickAsync(limit.Token);
        dns.Mend("far.test");
        dns.Add("far.test", "MX 10 one.test");
        await server.ManageAsync("QUEUE RESEND DOMAIN=far.test");
        Assert.Contains("Subject: x", (await first.ReceiveAsync()).Text, StringComparison.Ordinal);
    }

    private async Task UntilArrivedAsync(int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(Limit);
        while (first.Arrivals.Values.Concat(second.Arrivals.Values).Sum(each => each.Count) < count)
            await timer.WaitForNextTickAsync(limit.Token);
    }

    private async Task SendAsync(string recipient)
    {
        using var client = await Wire.GreetAsync(server.Smtp);
        Assert.StartsWith("250 ", await client.SmtpAsync("MAIL FROM:<mick@acme.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.SmtpAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        Assert.StartsWith("354 ", await client.SmtpAsync("DATA"), StringComparison.Ordinal);
        await client.SendAsync("Subject: x\r\n\r\nx\r\n.\r\n");
        Assert.StartsWith("250 ", await client.SmtpReplyAsync(), StringComparison.Ordinal);
    }
}
