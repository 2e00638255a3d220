using System.Globalization;
using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>Sizes and quotas, an octet under and an octet over, at each place that can know.</summary>
public sealed class SizeLimitTests : IAsyncLifetime
{
    private const int Limit = 2048;
    private ServerUnderTest server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerUnderTest.StartAsync();
        await server.ManageAsync(
            "DOMAIN ADD NAME=small.test MAXINMAILSIZE=2 MAXOUTMAILSIZE=2",
            "USER ADD NAME=mick DOMAIN=acme.test PASS=secret MAXINMAILSIZE=2 MAXOUTMAILSIZE=2",
            "USER ADD NAME=ann DOMAIN=acme.test PASS=secret",
            "USER ADD NAME=eve DOMAIN=small.test PASS=secret");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("mick@acme.test")] // the user's limit
    [InlineData("eve@small.test")] // the domain's
    public async Task MAIL_knows_what_a_sender_of_ours_may_send(string sender)
    {
        using var client = await Wire.GreetAsync(server.Smtp);

        Assert.StartsWith("552 5.2.3", await client.SmtpAsync($"MAIL FROM:<{sender}> SIZE={Limit + 1}"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.SmtpAsync($"MAIL FROM:<{sender}> SIZE={Limit}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mick@acme.test")]
    [InlineData("eve@small.test")]
    public async Task RCPT_knows_what_a_recipient_takes(string recipient)
    {
        using var client = await Wire.GreetAsync(server.Smtp);

        await client.SmtpAsync($"MAIL FROM:<x@far.test> SIZE={Limit + 1}");
        Assert.StartsWith("552 5.2.3", await client.SmtpAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.SmtpAsync("RCPT TO:<ann@acme.test>"), StringComparison.Ordinal);
        await client.SmtpAsync("RSET");
        await client.SmtpAsync($"MAIL FROM:<x@far.test> SIZE={Limit}");
        Assert.StartsWith("250", await client.SmtpAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x@far.test", "mick@acme.test", false)]
    [InlineData("x@far.test", "mick@acme.test", true)]
    [InlineData("x@far.test", "eve@small.test", false)]
    [InlineData("x@far.test", "eve@small.test", true)]
    [InlineData("mick@acme.test", "ann@acme.test", false)]
    [InlineData("mick@acme.test", "ann@acme.test", true)]
    [InlineData("eve@small.test", "ann@acme.test", false)]
    [InlineData("eve@small.test", "ann@acme.test", true)]
    public async Task The_end_of_the_message_knows_what_nobody_announced(string sender, string recipient, bool chunks)
    {
        Assert.StartsWith("250", await SendAsync(sender, Limit, chunks, recipient), StringComparison.Ordinal);
        Assert.StartsWith("552 5.2.3", await SendAsync(sender, Limit + 1, chunks, recipient), StringComparison.Ordinal);
        Assert.Single(await Wire.FetchAllAsync(server.Pop3, recipient));
    }

    [Fact]
    public async Task Too_large_for_some_is_accepted_for_the_others()
    {
        Assert.StartsWith("250", await SendAsync("x@far.test", Limit + 1, chunks: false, "mick@acme.test", "ann@acme.test"), StringComparison.Ordinal);

        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));
        Assert.Single(await Wire.FetchAllAsync(server.Pop3, "ann@acme.test"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_quota_holds_to_the_octet_at_RCPT_and_at_the_end(bool chunks)
    {
        const int quota = 8 * 1024;
        await server.ManageAsync("USER MOD NAME=ann DOMAIN=acme.test QUOTA=8");
        Assert.StartsWith("250", await SendAsync("x@far.test", 1024, chunks, "ann@acme.test"), StringComparison.Ordinal);
        var added = await UsedAsync() - 1024; // the fields that the server adds: the same for each
        var left = (int)(quota - (1024 + added));

        // With SIZE, RCPT knows; what it cannot know are the fields that the server will add.
        Assert.StartsWith("452 4.2.2", await AskAsync(left + 1), StringComparison.Ordinal);
        Assert.StartsWith("250", await AskAsync(left), StringComparison.Ordinal);
        Assert.StartsWith("452 4.2.2", await SendAsync("x@far.test", left - (int)added + 1, chunks, "ann@acme.test"), StringComparison.Ordinal);
        Assert.StartsWith("250", await SendAsync("x@far.test", left - (int)added, chunks, "ann@acme.test"), StringComparison.Ordinal);
        Assert.Equal(quota, await UsedAsync());
        Assert.StartsWith("452 4.2.2", await AskAsync(0), StringComparison.Ordinal);

        await Wire.FetchAllAsync(server.Pop3, "ann@acme.test", delete: true);
        Assert.StartsWith("250", await SendAsync("x@far.test", 1024, chunks, "ann@acme.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_full_holds_nobody_else_up()
    {
        await server.ManageAsync("USER MOD NAME=ann DOMAIN=acme.test QUOTA=1");

        Assert.StartsWith("250", await SendAsync("x@far.test", 1500, chunks: false, "ann@acme.test", "mick@acme.test"), StringComparison.Ordinal);

        Assert.Single(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));
        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "ann@acme.test"));
    }

    private async Task<string> AskAsync(int size)
    {
        using var client = await Wire.GreetAsync(server.Smtp);
        await client.SmtpAsync($"MAIL FROM:<x@far.test> SIZE={size}");
        return await client.SmtpAsync("RCPT TO:<ann@acme.test>");
    }

    private async Task<long> UsedAsync()
    {
        using var client = await LineClient.ConnectAsync(server.Pop3);
        await client.ReadLineAsync();
        await client.Pop3Async("USER ann@acme.test");
        await client.Pop3Async("PASS secret");
        var stat = await client.Pop3Async("STAT");
        await client.Pop3Async("QUIT");
        return long.Parse(stat.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a message of exactly <paramref name="size"/> octets without announcing it; returns the reply to its end.</summary>
    private async Task<string> SendAsync(string sender, int size, bool chunks, params string[] recipients)
    {
        var message = ("Subject: size\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", size / 72)))[..(size / 72 * 72)];
        message += new string('y', size - message.Length - 2) + "\r\n";
        Assert.Equal(size, message.Length);
        using var client = await Wire.GreetAsync(server.Smtp);
        Assert.StartsWith("250", await client.SmtpAsync($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
        foreach (var recipient in recipients)
            Assert.StartsWith("250", await client.SmtpAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        if (!chunks)
        {
            Assert.StartsWith("354", await client.SmtpAsync("DATA"), StringComparison.Ordinal);
            await client.SendAsync(message + ".\r\n");
            return await client.SmtpReplyAsync();
        }

        var half = message.Length / 2;
        await client.SendAsync(Encoding.ASCII.GetBytes($"BDAT {half}\r\n{message[..half]}"));
        var first = await client.SmtpReplyAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"BDAT {message.Length - half} LAST\r\n{message[half..]}"));
        var last = await client.SmtpReplyAsync();
        return first[0] == '2' ? last : first;
    }
}
