using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>What a client that has authenticated is, beyond the dialogue.</summary>
public sealed class SmtpUserTests
{
    private const string Plain = "AG1pY2tAYWNtZS50ZXN0AHNlY3JldA=="; // mick@acme.test, secret

    [Fact]
    public async Task SCRAM_lets_a_user_in_and_the_server_proves_itself()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        var scram = new ScramClient("mick@acme.test", FakeAccounts.Password);

        var offer = Decode(await client.SayAsync($"AUTH SCRAM-SHA-256 {Encode(scram.First)}", "334 "));
        Assert.True(scram.Believes(Decode(await client.SayAsync(Encode(scram.Final(offer)), "334 "))));
        await client.SayAsync("", "235");

        await client.SayAsync("MAIL FROM:<mick@acme.test>", "250");
    }

    [Fact]
    public async Task A_login_without_TLS_is_told_to_the_log_without_its_password()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, address: IPAddress.Parse("198.51.100.7"), port: MailPort.Submission);
        await client.SayAsync($"AUTH PLAIN {Plain}", "538 5.7.11");

        Assert.Equal(
            "refused reason=no-tls client=198.51.100.7 port=submission name=\"\" reply=\"538 5.7.11 authentication needs an encrypted connection\"",
            Assert.Single(world.Perimeter.Refused));
    }

    [Fact]
    public async Task A_users_mail_is_the_users_and_its_trace_does_not_name_the_user()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        await client.SayAsync($"AUTH PLAIN {Plain}", "235");
        await client.SayAsync("MAIL FROM:<chief@acme.test>", "250");
        await client.SayAsync("RCPT TO:<jane@else.test>", "250");
        await client.SayAsync("DATA", "354");
        await client.SayAsync("From: chief@acme.test\r\n\r\nhello\r\n.", "250");

        var (envelope, message) = Assert.Single(world.Router.Submitted);
        Assert.Equal("mick@acme.test", envelope.Request.Account);
        Assert.True(envelope.Request.IsTrusted);
        var (head, _) = world.Stored(message.Body);
        Assert.Contains(" with ESMTPA id ", head, StringComparison.Ordinal);
        Assert.DoesNotContain("mick", head, StringComparison.Ordinal);
        Assert.Contains(world.Log.Lines, line => line.Text.Contains("by user mick@acme.test: sender <chief@acme.test>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_users_own_limit_holds_whatever_the_sender()
    {
        await using var world = await SmtpWorld.StartAsync();
        world.Addresses.MaxOut["mick@acme.test"] = 1000;
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        await client.SayAsync($"AUTH PLAIN {Plain}", "235");

        await client.SayAsync("MAIL FROM:<chief@acme.test> SIZE=1001", "552 5.2.3");
        await client.SayAsync("MAIL FROM:<> SIZE=1001", "552 5.2.3");
        await client.SayAsync("MAIL FROM:<chief@acme.test> SIZE=1000", "250");
    }

    [Fact]
    public async Task A_list_believes_a_user()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        await client.SayAsync($"AUTH PLAIN {Plain}", "235");
        await client.SayAsync("MAIL FROM:<mick@acme.test>", "250");
        await client.SayAsync("RCPT TO:<ann@acme.test>", "250");
        Assert.True(Assert.Single(world.Router.Asked).MayRelay);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("gone")]
    [InlineData("somebody else's")]
    [InlineData("with another password")]
    public async Task A_session_sends_no_more_soon_after_its_account_is(string what)
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        await client.SayAsync($"AUTH PLAIN {Plain}", "235");
        await client.SayAsync("MAIL FROM:<mick@acme.test>", "250");
        await client.SayAsync("RSET", "250");

        var account = (Pop3.FakeAccount)world.Accounts.Find("mick@acme.test");
        account.Login = what switch
        {
            "off" => account.Login! with { Enabled = false },
            "gone" => null,
            "somebody else's" => account.Login! with { MailboxId = "box-other" },
            _ => account.Login! with { Verifier = account.Login.Verifier with { Salt = [4, 3, 2, 1] } },
        };
        world.Time.Advance(TimeSpan.FromSeconds(5));

        await client.SayAsync("MAIL FROM:<mick@acme.test>", "421 4.7.0");
    }

    [Fact]
    public async Task A_session_goes_on_when_a_login_has_made_the_verifier_anew()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        await client.SayAsync($"AUTH PLAIN {Plain}", "235");
        var account = (Pop3.FakeAccount)world.Accounts.Find("mick@acme.test");
        account.Login = account.Login! with { Verifier = account.Login.Verifier with { Salt = [4, 3, 2, 1], Iterations = 5000 } };
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await client.SayAsync("MAIL FROM:<mick@acme.test>", "250");
    }

    [Fact]
    public async Task No_password_reaches_the_log()
    {
        await using var world = await SmtpWorld.StartAsync();
        world.Perimeter.TraceLog.HearsAll = true;
        await using var client = await SmtpClient.ConnectAsync(world, port: MailPort.Submission);
        await client.SayAsync($"auth  plain {Plain}", "235");
        await client.SayAsync($"AUTH PLAIN {Plain}", "503");
        await client.SayAsync("AUTH\tPLAIN\t" + Plain, "500");

        Assert.DoesNotContain(world.Log.Lines, line => line.Text.Contains(Plain, StringComparison.Ordinal));
        Assert.DoesNotContain(world.Perimeter.TraceLog.Lines, line => line.Text.Contains(Plain, StringComparison.Ordinal));
        Assert.Contains(world.Perimeter.TraceLog.Lines, line => line.Text.EndsWith("> AUTH PLAIN ***", StringComparison.Ordinal));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Decode(string reply) => Encoding.UTF8.GetString(Convert.FromBase64String(reply["334 ".Length..]));
}
