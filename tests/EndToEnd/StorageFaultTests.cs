using System.Text;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.EndToEnd;

/// <summary>A store in trouble is a temporary reply at every port, nothing is lost, and the same process recovers.</summary>
public sealed class StorageFaultTests : IAsyncLifetime
{
    private readonly FaultyStore store = new();
    private ServerUnderTest server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerUnderTest.StartAsync(store.Decorate);
        await server.AddUserAsync("mick");
        await server.AddUserAsync("eva");
        Assert.StartsWith("250 ", await SendAsync("warm"), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_commit_that_fails_is_451_and_the_next_message_is_taken()
    {
        using (store.Rows.Commits.While(Fault.DiskFull))
        {
            Assert.StartsWith("451 4.3.0", await SendAsync("full"), StringComparison.Ordinal);
            Assert.StartsWith("451 4.3.0", await SendAsync("full again"), StringComparison.Ordinal);
        }

        Assert.StartsWith("250 ", await SendAsync("after"), StringComparison.Ordinal);
        Assert.Equal(["warm", "after"], await SubjectsAsync("mick"));
    }

    [Fact]
    public async Task A_body_that_cannot_be_put_is_451_whatever_its_size()
    {
        using (store.Bodies.Puts.While(Fault.DiskFull))
        {
            Assert.StartsWith("451 4.3.0", await SendAsync("small"), StringComparison.Ordinal);
            Assert.StartsWith("451 4.3.0", await SendAsync("large", 3_000_000), StringComparison.Ordinal);
        }

        Assert.StartsWith("250 ", await SendAsync("after", 3_000_000), StringComparison.Ordinal);
        Assert.Equal(["warm", "after"], await SubjectsAsync("mick"));
    }

    [Fact]
    public async Task A_lost_reply_of_the_store_delivers_exactly_once()
    {
        store.Rows.Commits.Next(Fault.LostReply);
        Assert.StartsWith("250 ", await SendAsync("once"), StringComparison.Ordinal);

        store.Rows.Commits.Next(Fault.LostRequest);
        Assert.StartsWith("250 ", await SendAsync("repeated"), StringComparison.Ordinal);

        Assert.Equal(["warm", "once", "repeated"], await SubjectsAsync("mick"));
    }

    [Fact]
    public async Task A_name_that_cannot_be_read_is_451_and_only_afterwards_550()
    {
        using var client = await Wire.GreetAsync(server.Smtp);
        await client.SmtpAsync("MAIL FROM:<a@client.test>");
        using (store.Rows.Reads.While(Fault.Error))
            Assert.StartsWith("451 4.3.0", await client.SmtpAsync("RCPT TO:<nobody@acme.test>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.1", await client.SmtpAsync("RCPT TO:<nobody@acme.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task POP3_says_SYS_TEMP_and_deletes_nothing()
    {
        using var client = await LoginAsync("mick");
        using (store.Rows.Reads.While(Fault.Error))
            Assert.StartsWith("-ERR [SYS/TEMP]", await client.Pop3Async("LIST 1"), StringComparison.Ordinal);
        using (store.Bodies.Reads.While(Fault.Error))
            Assert.StartsWith("-ERR [SYS/TEMP]", await client.Pop3Async("RETR 1"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.Pop3Async("DELE 1"), StringComparison.Ordinal);
        using (store.Rows.Commits.While(Fault.DiskFull))
            Assert.StartsWith("-ERR [SYS/TEMP]", await client.Pop3Async("QUIT"), StringComparison.Ordinal);

        Assert.Equal(["warm"], await SubjectsAsync("mick"));
    }

    [Fact]
    public async Task A_login_that_cannot_be_checked_is_SYS_TEMP_and_not_AUTH()
    {
        using var client = await LineClient.ConnectAsync(server.Pop3);
        await client.ReadLineAsync();
        await client.Pop3Async("USER eva@acme.test");
        using (store.Rows.Reads.While(Fault.Error))
        {
            // What the account's grain knows already may serve for a few seconds; a name it must read cannot.
            Assert.StartsWith("-ERR [SYS/TEMP]", await PassAsync("unread@acme.test"), StringComparison.Ordinal);
        }

        Assert.StartsWith("+OK", await client.Pop3Async("PASS secret"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Management_says_trouble_and_the_same_command_works_later()
    {
        using var telnet = await LineClient.ConnectAsync(server.Management);
        await telnet.ManageReplyAsync();
        await telnet.ManageAsync("LOGIN system");
        using (store.Rows.Commits.While(Fault.DiskFull))
            Assert.StartsWith("ER0207", (await telnet.ManageAsync("USER ADD NAME=joe DOMAIN=acme.test PASS=x1"))[^1], StringComparison.Ordinal);

        Assert.StartsWith("OK02", (await telnet.ManageAsync("USER ADD NAME=joe DOMAIN=acme.test PASS=x1"))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_disk_is_waited_for()
    {
        using (store.Rows.Commits.While(Fault.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System)))
            Assert.StartsWith("250 ", await SendAsync("slow"), StringComparison.Ordinal);
        Assert.Equal(["warm", "slow"], await SubjectsAsync("mick"));
    }

    private Task<string> SendAsync(string subject, int size = 1000) =>
        Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.ASCII.GetBytes($"Subject: {subject}\r\n\r\n{string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", size / 100))}"));

    private async Task<IReadOnlyList<string>> SubjectsAsync(string user) =>
        [.. (await Wire.FetchAllAsync(server.Pop3, $"{user}@acme.test")).Select(message => message["Subject: ".Length..message.IndexOf('\r', StringComparison.Ordinal)])];

    private async Task<LineClient> LoginAsync(string user)
    {
        var client = await LineClient.ConnectAsync(server.Pop3);
        await client.ReadLineAsync();
        await client.Pop3Async($"USER {user}@acme.test");
        Assert.StartsWith("+OK", await client.Pop3Async("PASS secret"), StringComparison.Ordinal);
        return client;
    }

    private async Task<string> PassAsync(string user)
    {
        using var client = await LineClient.ConnectAsync(server.Pop3);
        await client.ReadLineAsync();
        await client.Pop3Async($"USER {user}");
        return await client.Pop3Async("PASS secret");
    }
}
