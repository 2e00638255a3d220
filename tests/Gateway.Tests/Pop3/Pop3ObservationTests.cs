using System.Text;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Tests.Pop3;

public sealed class Pop3ObservationTests
{
    [Fact]
    public async Task The_log_of_a_session_never_holds_a_password()
    {
        await using var world = await Pop3World.StartAsync();
        var response = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0mick@acme.test\0hush-hush"));
        await using var client = new WireClient();
        client.Wire.Start(world.Handler);
        await client.ReadAsync();
        await client.AskAsync("USER %s%n{0}");
        await client.AskAsync("PASS hush-hush");
        await client.AskAsync($"AUTH PLAIN {response}");
        await client.AskAsync("USER mick@acme.test");
        await client.AskAsync("PASS secret");
        await client.AskAsync("QUIT");
        await client.EndAsync();

        var lines = world.Log.Lines.Concat(world.LoginLog.Lines).Concat(world.Perimeter.RefusalLog.Lines).ToList();
        Assert.DoesNotContain(lines, line => line.Text.Contains("hush", StringComparison.Ordinal) || line.Text.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Text.Contains(response, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Level == LogLevel.Warning && line.Text.Contains("refused reason=no-such-user client=127.0.0.1 port=pop3 name=\"%s%n{0}\" reply=\"-ERR [AUTH]\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Level == LogLevel.Warning && line.Text.Contains("refused reason=wrong-password client=127.0.0.1 port=pop3 name=\"mick@acme.test\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_leaves_one_line_and_its_figures()
    {
        await using var world = await Pop3World.StartAsync();
        using var retrieved = new Measured(world.Meters, "mail.pop3.messages.retrieved");
        using var octets = new Measured(world.Meters, "mail.pop3.octets.retrieved");
        using var deleted = new Measured(world.Meters, "mail.pop3.messages.deleted");
        using var open = new Measured(world.Meters, "mail.pop3.mailboxes.open");
        await using var client = await WireClient.LogInAsync(world.Handler);
        Assert.Equal(1, open.Sum);
        await client.AskAsync("RETR 1");
        await client.ReadLinesAsync();
        await client.AskAsync("DELE 1");
        await client.AskAsync("QUIT");
        await client.EndAsync();

        Assert.Equal((1, 53, 1, 0), (retrieved.Sum, octets.Sum, deleted.Sum, open.Sum));
        Assert.Single(world.Log.Lines, line => line is { Level: LogLevel.Debug } && line.Text.StartsWith(
            "mick@acme.test at 127.0.0.1 read 1 messages (53 octets), marked 1 as deleted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trouble_with_the_store_is_logged_with_its_cause_and_counted()
    {
        await using var world = await Pop3World.StartAsync();
        using var troubles = new Measured(world.Meters, "mail.pop3.troubles");
        world.Mailbox.Fail("ReadIndex", 1);
        await using var client = await WireClient.LogInAsync(world.Handler);

        Assert.StartsWith("-ERR [SYS/TEMP]", await client.AskAsync("LIST"), StringComparison.Ordinal);

        Assert.Equal(1, troubles.Sum);
        Assert.Single(world.Log.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("ReadIndex fails as the test wants", StringComparison.Ordinal));
    }
}
