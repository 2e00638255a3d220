using System.Net;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>The reference mail client of .NET logs in by each mechanism, to send and to fetch.</summary>
public sealed class AuthTests : IAsyncLifetime
{
    private const string User = "mick@acme.test";

    private ServerUnderTest server = null!;

    public static TheoryData<string> Mechanisms => ["PLAIN", "LOGIN", "SCRAM-SHA-256"];

    public async ValueTask InitializeAsync()
    {
        server = await ServerUnderTest.StartAsync(null, "--PORT_SUBMISSION=0", "--Logins:FailureDelay=0");
        await server.AddUserAsync("mick");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task A_user_sends_with_the_right_password_only(string mechanism)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync(Submission.Address.ToString(), Submission.Port, SecureSocketOptions.None);
        Assert.Contains(mechanism, client.AuthenticationMechanisms);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Login(mechanism, "wrong")));
        await Assert.ThrowsAsync<ServiceNotAuthenticatedException>(() => client.SendAsync(NewMessage(User)));
        await client.AuthenticateAsync(Login(mechanism, "secret"));
        await client.SendAsync(NewMessage(User));
        await client.DisconnectAsync(true);

        Assert.Contains("hello", await FetchOnlyAsync(Login(mechanism, "secret")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task A_user_fetches_with_the_right_password_only(string mechanism)
    {
        using var client = new Pop3Client();
        await client.ConnectAsync(server.Pop3.Address.ToString(), server.Pop3.Port, SecureSocketOptions.None);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Login(mechanism, "wrong")));
        await client.AuthenticateAsync(Login(mechanism, "secret"));
        Assert.Equal(0, client.Count);
        await client.DisconnectAsync(true);
    }

    [Fact]
    public async Task What_a_client_leaves_out_is_added_and_another_sender_is_refused()
    {
        using var client = await LineClient.ConnectAsync(Submission);
        await client.ReadLineAsync();
        foreach (var (line, expected) in new[]
        {
            ("EHLO client.test", "250 "), ("AUTH PLAIN AG1pY2tAYWNtZS50ZXN0AHNlY3JldA==", "235"), ("MAIL FROM:<ann@acme.test>", "553 5.7.1"),
            ("MAIL FROM:<mick@acme.test>", "250"), ("RCPT TO:<mick@acme.test>", "250"), ("DATA", "354"), ("To: mick\r\n\r\nhello\r\n.", "250"), ("QUIT", "221"),
        })
        {
            Assert.StartsWith(expected, await client.SmtpAsync(line), StringComparison.Ordinal);
        }

        var message = await FetchOnlyAsync(new SaslMechanismPlain(User, "secret"));
        Assert.Contains(" with ESMTPA id ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nTo: mick@acme.test\r\nDate: ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nFrom: <mick@acme.test>\r\nMessage-ID: <", message, StringComparison.Ordinal);
    }

    private IPEndPoint Submission => server.Endpoint("submission");

    private static SaslMechanism Login(string mechanism, string password) => mechanism switch
    {
        "PLAIN" => new SaslMechanismPlain(User, password),
        "LOGIN" => new SaslMechanismLogin(User, password),
        _ => new SaslMechanismScramSha256(User, password),
    };

    private static MimeMessage NewMessage(string to)
    {
        var message = new MimeMessage { Subject = "test", Body = new TextPart("plain") { Text = "hello\r\n" } };
        message.From.Add(new MailboxAddress("", User));
        message.To.Add(new MailboxAddress("", to));
        return message;
    }

    private async Task<string> FetchOnlyAsync(SaslMechanism login)
    {
        using var client = new Pop3Client();
        await client.ConnectAsync(server.Pop3.Address.ToString(), server.Pop3.Port, SecureSocketOptions.None);
        await client.AuthenticateAsync(login);
        Assert.Equal(1, client.Count);
        using var stream = await client.GetStreamAsync(0);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();
        await client.DisconnectAsync(true);
        return text;
    }
}
