using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Tests.Manage;
using Orleans.Mail.Gateway.Tests.Perimeters;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Gateway.Tests.Smtp;

namespace Orleans.Mail.Gateway.Tests.Abuse;

/// <summary>What the trace shows, and what it never does.</summary>
public sealed class TraceTests
{
    private const string Password = Pop3World.Password;

    private static readonly IPAddress Stranger = IPAddress.Parse("192.0.2.7");

    [Fact]
    public async Task Smtp_shows_commands_and_replies_without_secrets_and_content()
    {
        await using var world = await SmtpWorld.StartAsync();
        world.Perimeter.TraceLog.HearsAll = true;
        await using (var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission))
        {
            await client.SayAsync($"AUTH PLAIN {Encode("\0mick@acme.test\0wrong-hush")}", "535");
            await client.SayAsync("AUTH LOGIN", "334");
            await client.SayAsync(Encode("mick@acme.test"), "334");
            await client.SayAsync(Encode(Password), "235");
            await client.SayAsync(Encode(Password), "500"); // a client that lost its place
            await client.SayAsync($"{Password} x", "500");
            await client.SayAsync($"NOOP {Password}", "250");
            await client.SayAsync("MAIL FROM:<mick@acme.test>", "250");
            await client.SayAsync("RCPT TO:<ann@acme.test>", "250");
            await client.SayAsync("DATA", "354");
            await client.SayAsync("Subject: content-of-data\r\n\r\ncontent-of-data\r\n.", "250");
            await client.SayAsync("MAIL FROM:<mick@acme.test>", "250");
            await client.SayAsync("RCPT TO:<ann@acme.test>", "250");
            await client.SayAsync("BDAT 19 LAST\r\ncontent-of-data\r\n", "250");
            await client.SayAsync("QUIT", "221");
        }

        var lines = Lines(world.Perimeter.TraceLog);
        AssertClean(lines);
        Assert.Contains("> AUTH PLAIN ***", lines);
        Assert.Contains("> AUTH LOGIN ***", lines);
        Assert.Contains("> NOOP ***", lines);
        Assert.Contains("> ***", lines);
        Assert.Contains("< 334 ***", lines);
        Assert.Contains(lines, line => line.StartsWith("> (no command, ", StringComparison.Ordinal));
        Assert.Contains("> RCPT TO:<ann@acme.test>", lines);
        Assert.Contains("> BDAT 19 LAST", lines);
        Assert.Contains(lines, line => line.StartsWith("< 250 2.0.0 queued as ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("< 220 mx.acme.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pop3_shows_commands_and_replies_without_secrets_and_content()
    {
        await using var world = await Pop3World.StartAsync();
        world.Perimeter.TraceLog.HearsAll = true;
        await using var client = new WireClient();
        client.Wire.Start(world.Handler);
        await client.ReadAsync();
        foreach (var line in new[] { $"USER mick@acme.test {Password}", "USER mick@acme.test", "PASS wrong-hush", Password, $"AUTH PLAIN {Encode("\0mick@acme.test\0wrong-hush")}", "AUTH PLAIN", Encode($"\0mick@acme.test\0{Password}") })
            await client.AskAsync(line);
        await client.AskAsync("RETR 1");
        await client.ReadLinesAsync();
        await client.AskAsync("TOP 2 1");
        await client.ReadLinesAsync();
        await client.AskAsync("QUIT");
        await client.EndAsync();

        var lines = Lines(world.Perimeter.TraceLog);
        AssertClean(lines);
        Assert.DoesNotContain(lines, line => line.Contains("Subject", StringComparison.Ordinal) || line.Contains("first", StringComparison.Ordinal));
        Assert.Contains("> USER ***", lines);
        Assert.Contains("> USER mick@acme.test", lines);
        Assert.Contains("> PASS ***", lines);
        Assert.Contains("> AUTH ***", lines);
        Assert.Contains("> ***", lines);
        Assert.Contains("> (no command)", lines);
        Assert.Contains("< + ***", lines);
        Assert.Contains("> TOP 2 1", lines);
        Assert.Contains("< +OK goodbye", lines);
    }

    [Fact]
    public async Task Management_shows_commands_and_statuses_without_secrets()
    {
        await using var server = new ManagementServer();
        server.TraceLog.HearsAll = true;
        await server.AskAsync(
            [
                "LOGIN wrong-hush", "LOGIN admin system", "PASSWD OLD=wrong-hush NEW=new-hush", "DOMAIN ADD NAME=acme.test",
                $"USER ADD NAME=mick DOMAIN=acme.test PASS={Password}", $"USER ADD NAM=mick PASS={Password}", $"{Password}", "USER LIST ALL", "QUIT",
            ],
            null,
            TestContext.Current.CancellationToken);

        var lines = Lines(server.TraceLog);
        AssertClean(lines);
        Assert.Contains("> LOGIN ***", lines);
        Assert.Contains("> LOGIN *** ***", lines);
        Assert.Contains("> PASSWD OLD=*** NEW=***", lines);
        Assert.Contains("> USER ADD NAME=mick DOMAIN=acme.test PASS=***", lines);
        Assert.Contains("> (no command)", lines);
        Assert.Contains("< ER0108 ***", lines);
        Assert.Contains("> USER LIST ALL", lines);
        Assert.Contains("< OK0200 1 listed", lines);
    }

    [Fact]
    public async Task One_address_is_traced_whatever_the_level_is_from_the_next_command_on()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var traced = await SmtpClient.ConnectAsync(world, address: Stranger);
        await using var other = await SmtpClient.ConnectAsync(world, address: IPAddress.Parse("192.0.2.8"));
        Assert.Empty(world.Perimeter.TraceLog.Lines);
        await world.Abuse.Traces.AddAsync(new TimedEntry("192.0.2.7", world.Time.GetUtcNow() + TimeSpan.FromMinutes(1), TimedReasons.Operator));
        await world.Perimeter.Traces.RefreshAsync();

        await other.SayAsync("NOOP", "250");
        await traced.SayAsync("NOOP", "250");

        Assert.Equal(["trace 192.0.2.7 Smtp > NOOP", "trace 192.0.2.7 Smtp < 250 2.0.0 ok"], world.Perimeter.TraceLog.Lines.Select(line => line.Text));
        Assert.All(world.Perimeter.TraceLog.Lines, line => Assert.Equal(ProtocolTrace.Category, line.Category));
        world.Time.Advance(TimeSpan.FromMinutes(1)); // the end comes by itself, also when the cluster does not answer
        await traced.SayAsync("NOOP", "250");
        Assert.Equal(2, world.Perimeter.TraceLog.Lines.Count);
    }

    [Fact]
    public async Task An_entry_that_is_no_address_hides_no_other()
    {
        await using var world = await SmtpWorld.StartAsync();
        foreach (var subject in new[] { "192.0.2.7/", "192.0.2.7" })
            await world.Abuse.Traces.AddAsync(new TimedEntry(subject, world.Time.GetUtcNow() + TimeSpan.FromMinutes(1), TimedReasons.Operator));

        await world.Perimeter.Traces.RefreshAsync();

        Assert.True(world.Perimeter.Traces.Covers(Stranger));
    }

    private static IReadOnlyList<string> Lines(HeardLogs log) => [.. log.Lines.Select(line => line.Text[(line.Text.IndexOfAny(['>', '<']))..])];

    private static void AssertClean(IReadOnlyList<string> lines)
    {
        foreach (var secret in new[] { Password, "hush", "content-of-data" })
        {
            Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(lines, line => line.Contains(Encode(secret).TrimEnd('='), StringComparison.Ordinal));
        }
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
