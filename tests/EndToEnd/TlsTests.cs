using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.TestKit.Certificates;

namespace Orleans.Mail.EndToEnd;

/// <summary>A mail program that verifies certificates, against the server as an operator runs it: certificate and key in files.</summary>
[Collection("Processes")]
public sealed class TlsTests : IAsyncLifetime
{
    private const string Host = "mx.acme.test";

    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();
    private ServerProcess server = null!;

    private string CertificateFile => Path.Combine(folder.Path, "tls.crt");

    private string KeyFile => Path.Combine(folder.Path, "tls.key");

    public async ValueTask InitializeAsync()
    {
        Install(authority.Sign(Host));
        server = await ServerProcess.StartWithAsync(
            folder.Path,
            [$"--Tls:Certificate={CertificateFile}", $"--Tls:Key={KeyFile}", "--PORT_SUBMISSION=0", "--PORT_SUBMISSIONS=0", "--PORT_POP3S=0"]);
        await ServerUnderTest.ManageAsync(server.Management, "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
    }

    public ValueTask DisposeAsync()
    {
        server.Dispose();
        folder.Dispose();
        authority.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Mail_goes_in_and_out_encrypted_and_open_sessions_outlive_their_certificate()
    {
        using var open = await ConnectAsync(new SmtpClient(), "smtp", SecureSocketOptions.StartTls);
        await SendAsync(open);
        foreach (var (port, options) in new[] { ("submission", SecureSocketOptions.StartTls), ("submissions", SecureSocketOptions.SslOnConnect) })
        {
            using var client = await ConnectAsync(new SmtpClient(), port, options);
            Assert.True(client.IsSecure);
            await client.DisconnectAsync(quit: true);
        }

        foreach (var (port, options) in new[] { ("pop3", SecureSocketOptions.StartTls), ("pop3s", SecureSocketOptions.SslOnConnect) })
        {
            using var client = await ConnectAsync(new Pop3Client(), port, options);
            await client.AuthenticateAsync("mick@acme.test", "secret");
            var message = await client.GetMessageAsync(0);
            Assert.Matches(@" with ESMTPS id \w+ for <mick@acme\.test>\s+tls TLS_\w+;", message.Headers["Received"]);
            await client.DisconnectAsync(quit: true);
        }

        Install(authority.Sign(Host, "new.acme.test"));
        await UntilShownAsync("new.acme.test");
        await SendAsync(open);
        await open.DisconnectAsync(quit: true);
        Assert.Equal(0, await server.TerminateAsync());
    }

    private static async Task SendAsync(SmtpClient client)
    {
        using var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse("jane@else.test"));
        message.To.Add(MailboxAddress.Parse("mick@acme.test"));
        message.Body = new TextPart("plain") { Text = "hello\r\n" };
        await client.SendAsync(message);
    }

    private async Task<T> ConnectAsync<T>(T client, string port, SecureSocketOptions options)
        where T : MailService
    {
        client.CheckCertificateRevocation = false;
        client.ServerCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            using var strict = new X509Chain();
            strict.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            strict.ChainPolicy.CustomTrustStore.Add(authority.Root);
            strict.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            strict.ChainPolicy.ExtraStore.AddRange(chain!.ChainPolicy.ExtraStore);
            var shown = (X509Certificate2)certificate!;
            return strict.Build(shown) && shown.MatchesHostname(Host);
        };
        var endpoint = server.Endpoint(port);
        await client.ConnectAsync(endpoint.Address.ToString(), endpoint.Port, options);
        return client;
    }

    private void Install(TestCertificate certificate)
    {
        File.WriteAllText(CertificateFile, certificate.Chain);
        File.WriteAllText(KeyFile, certificate.Key);
    }

    private async Task UntilShownAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await IsShownAsync(name))
            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
    }

    private async Task<bool> IsShownAsync(string name)
    {
        IPEndPoint endpoint = server.Endpoint("pop3s");
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(endpoint);
        await using var tls = new System.Net.Security.SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(Host);
        using var shown = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
        return shown.MatchesHostname(name);
    }
}
