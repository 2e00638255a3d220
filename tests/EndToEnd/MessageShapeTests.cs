using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>Messages of every shape come out as they went in, through real sockets.</summary>
public sealed class MessageShapeTests : IAsyncLifetime
{
    private ServerUnderTest server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerUnderTest.StartAsync(null, "--CFG_LOCALIP=192.0.2.1");
        await server.AddUserAsync("mick");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData(".\r\n")]
    [InlineData("..\r\n")]
    [InlineData("\r\n")]
    [InlineData("\r\n.\r\n.\r\n")]
    [InlineData("Subject: no body\r\n")]
    [InlineData("Subject: nul\r\n\r\na\0b\u00ff\r\n")]
    [InlineData("Subject: %s%n%d\r\n\r\n%s%n\r\n")]
    public async Task A_message_comes_out_as_it_went_in(string message)
    {
        Assert.StartsWith("250 2.0.0 queued as ", await Wire.SendAsync(server.Smtp, "mick@acme.test", Encoding.Latin1.GetBytes(message)), StringComparison.Ordinal);

        Assert.Equal(message, Assert.Single(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test")));
    }

    [Fact]
    public async Task Dots_at_every_distance_from_a_buffers_end_survive()
    {
        // Kestrel's segments are 4096 octets: lines that begin with a dot cross every boundary at some offset.
        for (var lead = 4080; lead <= 4112; lead++)
        {
            var message = Encoding.Latin1.GetBytes(new string('x', lead) + "\r\n.\r\n..\r\n.a\r\n" + new string('y', 8192 - lead % 7) + "\r\n.\r\n");
            Assert.StartsWith("250 ", await Wire.SendAsync(server.Smtp, "mick@acme.test", message), StringComparison.Ordinal);
            Assert.Equal(Encoding.Latin1.GetString(message), Assert.Single(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test", delete: true)));
        }
    }

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\r\n\0.\r\n")]
    [InlineData("\r\n.\0\r\n")]
    [InlineData("\r\0\n.\r\n")]
    public async Task Nothing_but_crlf_dot_crlf_ends_the_data_or_starts_a_second_message(string almost)
    {
        using var client = await Wire.GreetAsync(server.Smtp);
        foreach (var command in (string[])["MAIL FROM:<a@client.test>", "RCPT TO:<mick@acme.test>", "DATA"])
            await client.SmtpAsync(command);

        await client.SendAsync($"first{almost}MAIL FROM:<smuggler@client.test>\r\nRCPT TO:<mick@acme.test>\r\nDATA\r\nsecond\r\n.\r\nNOOP\r\n");

        var end = await client.SmtpReplyAsync();
        Assert.StartsWith("250 2.0.0 ", await client.SmtpAsync(""), StringComparison.Ordinal); // the NOOP's, and nothing between
        var expected = almost.Contains('\0', StringComparison.Ordinal) && !IsBare(almost) ? "250 " : "554 5.6.0";
        Assert.StartsWith(expected, end, StringComparison.Ordinal);
        Assert.True((await Wire.FetchAllAsync(server.Pop3, "mick@acme.test")).Count <= 1);
    }

    private static bool IsBare(string text) =>
        text.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');
}
