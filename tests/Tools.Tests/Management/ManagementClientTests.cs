using Orleans.Mail.TestKit.Peers;
using Orleans.Mail.Tools.Management;

namespace Orleans.Mail.Tools.Tests.Management;

/// <summary>The client of the management protocol against a server that does what a test wants.</summary>
public sealed class ManagementClientTests : IDisposable
{
    private const string Greeting = "OK0100 eXtremail\r\n";

    private readonly FakeManagement server = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task Data_lines_are_read_up_to_the_status_line()
    {
        var serving = server.ServeAsync(Greeting, "one\r\n OK0200 not yet\r\nER02 x\r\nOK0200x\r\nOK0200 done\r\n");
        using var client = await ManagementClient.ConnectAsync("127.0.0.1", server.Port, Cancelled);
        var reply = await client.SendAsync(new ManagementLine("USER LIST ALL"), Cancelled);
        Assert.Equal(["one", " OK0200 not yet", "ER02 x", "OK0200x"], reply.Data);
        Assert.Equal("OK0200 done", reply.Status);
        Assert.True(reply.IsDone);
        await serving;
    }

    [Fact]
    public async Task A_greeting_that_refuses_is_said() =>
        Assert.Equal("ER0106 too many connections", await FailAsync("ER0106 too many connections\r\n"));

    [Fact]
    public async Task The_end_of_the_connection_is_said() =>
        Assert.Contains("closed", await FailAsync(Greeting, "half a reply\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        using var release = new CancellationTokenSource();
        var serving = HoldAsync(release.Token);
        var given = await Assert.ThrowsAsync<IOException>(() =>
            ManagementClient.ConnectAsync("127.0.0.1", server.Port, Cancelled, TimeSpan.FromMilliseconds(200)));
        Assert.Contains("does not answer", given.Message, StringComparison.Ordinal);
        await release.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task With_TLS_the_certificate_of_this_machine_is_taken_as_it_is()
    {
        using var certificate = SelfSigned.Create("mx.acme.test");
        var serving = server.ServeTlsAsync(certificate, Greeting);
        using var client = await ManagementClient.ConnectAsync("127.0.0.1", server.Port, Cancelled, tls: true);
        await serving;
    }

    [Fact]
    public async Task A_server_without_TLS_is_said()
    {
        var serving = server.ServeAsync(Greeting);
        await Assert.ThrowsAsync<IOException>(() => ManagementClient.ConnectAsync("127.0.0.1", server.Port, Cancelled, tls: true));
        await serving;
    }

    [Fact]
    public async Task The_tools_log_in_and_quote_what_they_send()
    {
        var serving = server.ServeAsync(Greeting, "OK0100 logged in\r\n", "OK0200 added\r\n", "OK0100 bye\r\n");
        var run = await Tool.RunAsync(
            "adduser", "-h", "127.0.0.1", "-p", $"{server.Port}", "-l", "se\"cret", "-u", "o'neil \\ co", "-d", "acme.test", "-w", "A=\"1\" ü");
        Assert.Equal((ExitCode.Done, "OK0200 added", ""), (run.Code, run.Output.Trim(), run.Error));
        Assert.Equal(
            ["""LOGIN "se\"cret" """.Trim(), """USER ADD NAME="o'neil \\ co" DOMAIN="acme.test" PASS="A=\"1\" ü" """.Trim(), "QUIT"],
            await serving);
    }

    [Fact]
    public async Task What_the_server_refuses_is_exit_code_1_with_its_line_on_standard_error()
    {
        var serving = server.ServeAsync(Greeting, "OK0100 logged in\r\n", "ER0304 acme.test exists already\r\n");
        var run = await Tool.RunAsync("adddomain", "-h", "127.0.0.1", "-p", $"{server.Port}", "-l", "system", "-d", "acme.test");
        Assert.Equal((ExitCode.Refused, "", "ER0304 acme.test exists already"), (run.Code, run.Output, run.Error.Trim()));
        await serving;
    }

    [Fact]
    public async Task Nothing_is_sent_after_a_refused_login()
    {
        var serving = server.ServeAsync(Greeting, "ER0106 login incorrect\r\n", "");
        var run = await Tool.RunAsync("login", "new", "-h", "127.0.0.1", "-p", $"{server.Port}", "-l", "old");
        Assert.Equal((ExitCode.Refused, "ER0106 login incorrect"), (run.Code, run.Error.Trim()));
        Assert.Equal(["LOGIN \"old\"", "(end)"], await serving);
    }

    private async Task HoldAsync(CancellationToken until)
    {
        var serving = server.ServeAsync("no status line\r\n", "");
        await Task.WhenAny(serving, Task.Delay(Timeout.Infinite, until));
        await serving.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    private async Task<string> FailAsync(params string[] texts)
    {
        var serving = server.ServeAsync(texts);
        var failure = await Assert.ThrowsAsync<IOException>(async () =>
        {
            using var client = await ManagementClient.ConnectAsync("127.0.0.1", server.Port, Cancelled);
            await client.SendAsync(new ManagementLine("STATUS"), Cancelled);
        });
        await serving;
        return failure.Message;
    }
}
