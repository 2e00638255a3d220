using System.Globalization;
using MailKit;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Certificates;

namespace Orleans.Mail.EndToEnd;

/// <summary>The reference mail client of .NET logs in by each mechanism, to send and to fetch.</summary>
public sealed class AuthTests(AuthTests.Fixture fixture) : IClassFixture<AuthTests.Fixture>
{
    /// <summary>Mechanisms, and whether they are used over TLS.</summary>
    public static TheoryData<string, bool> Mechanisms => new()
    {
        { "PLAIN", false },
        { "LOGIN", false },
        { "SCRAM-SHA-256", false },
        { "PLAIN", true },
        { "SCRAM-SHA-256", true },
        { "SCRAM-SHA-256-PLUS", true },
    };

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task A_user_sends_and_fetches_with_the_right_password_only(string mechanism, bool secure)
    {
        var user = await fixture.NewUserAsync();
        var options = secure ? SecureSocketOptions.StartTls : SecureSocketOptions.None;
        using (var client = await ConnectAsync(new SmtpClient(), "submission", options))
        {
            Assert.Equal(secure, client.AuthenticationMechanisms.Contains("SCRAM-SHA-256-PLUS"));
            await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Login(mechanism, user, "wrong")));
            await Assert.ThrowsAsync<ServiceNotAuthenticatedException>(() => client.SendAsync(NewMessage(user)));
            await client.AuthenticateAsync(Login(mechanism, user, "secret"));
            await client.SendAsync(NewMessage(user));
            await client.DisconnectAsync(true);
        }

        using (var client = await ConnectAsync(new Pop3Client(), "pop3", options))
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Login(mechanism, user, "wrong")));
            await client.AuthenticateAsync(Login(mechanism, user, "secret"));
            Assert.Equal(1, client.Count);
            var received = (await client.GetMessageAsync(0)).Headers["Received"];
            Assert.Contains(secure ? " with ESMTPSA id " : " with ESMTPA id ", received, StringComparison.Ordinal);
            await client.DisconnectAsync(true);
        }
    }

    [Fact]
    public async Task What_a_client_leaves_out_is_added_and_another_sender_is_refused()
    {
        var user = await fixture.NewUserAsync();
        using (var client = await LineClient.ConnectAsync(fixture.Server.Endpoint("submission")))
        {
            await client.SmtpReplyAsync();
            var plain = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{user}\0secret"));
            foreach (var (line, expected) in new[]
            {
                ("EHLO client.test", "250 "), ($"AUTH PLAIN {plain}", "235"), ("MAIL FROM:<postmaster@acme.test>", "553 5.7.1"), ($"MAIL FROM:<{user}>", "250"),
                ($"RCPT TO:<{user}>", "250"), ("DATA", "354"), ("To: ann\r\n\r\nhello\r\n.", "250"), ("QUIT", "221"),
            })
            {
                Assert.StartsWith(expected, await client.SmtpAsync(line), StringComparison.Ordinal);
            }
        }

        using var reader = await ConnectAsync(new Pop3Client(), "pop3", SecureSocketOptions.None);
        await reader.AuthenticateAsync(Login("PLAIN", user, "secret"));
        var message = await reader.GetMessageAsync(0);
        Assert.Equal("ann@acme.test", message.Headers["To"]);
        Assert.Equal($"<{user}>", message.Headers["From"]);
        Assert.EndsWith("@mx.acme.test>", message.Headers["Message-ID"], StringComparison.Ordinal);
        Assert.NotNull(message.Headers["Date"]);
        await reader.DisconnectAsync(true);
    }

    private static SaslMechanism Login(string mechanism, string user, string password) => mechanism switch
    {
        "PLAIN" => new SaslMechanismPlain(user, password),
        "LOGIN" => new SaslMechanismLogin(user, password),
        "SCRAM-SHA-256" => new SaslMechanismScramSha256(user, password),
        _ => new SaslMechanismScramSha256Plus(user, password),
    };

    private static MimeMessage NewMessage(string user)
    {
        var message = new MimeMessage { Subject = "test", Body = new TextPart("plain") { Text = "hello\r\n" } };
        message.From.Add(new MailboxAddress("", user));
        message.To.Add(new MailboxAddress("", user));
        return message;
    }

    private async Task<T> ConnectAsync<T>(T client, string port, SecureSocketOptions options)
        where T : MailService
    {
        client.CheckCertificateRevocation = false;
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null; // whose it is TlsTests looks at
        var endpoint = fixture.Server.Endpoint(port);
        await client.ConnectAsync(endpoint.Address.ToString(), endpoint.Port, options);
        return client;
    }

    /// <summary>One server for all.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TestAuthority authority = new();
        private readonly TemporaryFolder folder = new();
        private int users;

        public ServerUnderTest Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var certificate = authority.Sign("mx.acme.test");
            var file = Path.Combine(folder.Path, "tls.pem");
            await File.WriteAllTextAsync(file, certificate.Chain + certificate.Key);
            Server = await ServerUnderTest.StartAsync(null, "--PORT_SUBMISSION=0", "--PORT_SUBMISSIONS=0", "--PORT_POP3S=0", "--Logins:FailureDelay=0", $"--Tls:Certificate={file}");
        }

        public async Task<string> NewUserAsync()
        {
            var name = $"user{Interlocked.Increment(ref users).ToString(CultureInfo.InvariantCulture)}";
            await Server.AddUserAsync(name);
            return $"{name}@acme.test";
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            authority.Dispose();
            folder.Dispose();
        }
    }
}
