using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>The client's side of TLS on a wire in memory. It takes any certificate and keeps it.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    private readonly SslStream stream;
    private readonly StreamReader lines;
    private readonly CancellationToken limit;

    private TlsClient(SslStream stream, X509Certificate2Collection chain, CancellationToken limit)
    {
        this.stream = stream;
        this.limit = limit;
        Chain = chain;
        lines = new StreamReader(stream, Encoding.Latin1);
    }

    /// <summary>What the server showed, without its own certificate: the intermediates.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>The server's certificate, DER.</summary>
    public byte[] Shown => stream.RemoteCertificate!.GetRawCertData();

    public SslStream Stream => stream;

    /// <summary>Agrees with the server on TLS, after what went over the wire in clear text.</summary>
    public static Task<TlsClient> StartAsync(WireConnection wire, CancellationToken limit, string name = "mx.acme.test") =>
        StartAsync(wire.ClientStream(), new SslClientAuthenticationOptions { TargetHost = name }, limit);

    /// <summary>Agrees with the server on TLS as <paramref name="options"/> say.</summary>
    public static async Task<TlsClient> StartAsync(Stream wire, SslClientAuthenticationOptions options, CancellationToken limit)
    {
        var intermediates = new X509Certificate2Collection();
        var stream = new SslStream(wire);
        options.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            foreach (var each in chain!.ChainPolicy.ExtraStore)
                intermediates.Add(X509CertificateLoader.LoadCertificate(each.RawData));
            return certificate is not null;
        };
        await stream.AuthenticateAsClientAsync(options, limit);
        return new TlsClient(stream, intermediates, limit);
    }

    public async Task SendAsync(string octets)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(octets), limit);
        await stream.FlushAsync(limit);
    }

    /// <summary>The next line; null when the server has said that nothing follows. Throws when it was cut off.</summary>
    public async Task<string?> ReadLineAsync() => await lines.ReadLineAsync(limit);

    /// <summary>The last line of the next SMTP reply.</summary>
    public async Task<string?> ReadReplyAsync()
    {
        while (true)
        {
            var line = await ReadLineAsync();
            if (line is not [_, _, _, '-', ..])
                return line;
        }
    }

    /// <summary>Sends a line; its reply begins with <paramref name="expected"/>.</summary>
    public async Task SayAsync(string line, string expected)
    {
        await SendAsync(line + "\r\n");
        Assert.StartsWith(expected, await ReadReplyAsync(), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        return stream.DisposeAsync();
    }
}
