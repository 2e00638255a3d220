using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>A certificate with its key and chain, and all that a handshake needs of it, made once.</summary>
internal sealed class ServerCertificate
{
    private readonly SslServerAuthenticationOptions resumed;
    private readonly SslServerAuthenticationOptions whole;

    private ServerCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain)
    {
        Names = NamesOf(certificate);
        NotAfter = certificate.NotAfter;
        EndPointBinding = Hash(certificate);
        // Made from what is in the files alone: nothing is fetched.
        Context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        resumed = MakeOptions(SslProtocols.Tls13, allowResume: true);
        whole = MakeOptions(SslProtocols.Tls12 | SslProtocols.Tls13, allowResume: false);
    }

    /// <summary>The host names that it is for, in small letters; <c>*.</c> at the front stands for one label (RFC 6125 6.4.3).</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Its hash, the channel binding tls-server-end-point (RFC 5929 section 4).</summary>
    public ReadOnlyMemory<byte> EndPointBinding { get; }

    /// <summary>It and its chain.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Its first name, for people.</summary>
    public string Name => Names.Count > 0 ? Names[0] : "(no name)";

    /// <summary>Takes a certificate from the contents of its files. Throws <see cref="CryptographicException"/> when they hold none that can be used.</summary>
    /// <param name="content">PEM: the certificate, then those that lead to its root; or PKCS#12.</param>
    /// <param name="key">PEM: the private key; null = it stands in <paramref name="content"/>.</param>
    /// <param name="password">Of PKCS#12 or of an encrypted key.</param>
    public static ServerCertificate Load(byte[] content, byte[]? key, string? password) =>
        content.AsSpan().IndexOf("-----BEGIN "u8) >= 0 ? LoadPem(content, key ?? content, password) : LoadPkcs12(content, password);

    /// <summary>Makes one that nobody vouches for, valid for a year.</summary>
    public static ServerCertificate Make(string host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={host}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        return new(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1)), chain: null);
    }

    /// <summary>
    /// Of a handshake that shows it. Sessions of TLS 1.3 are resumed, with a new key exchange each (RFC 8446 2.2). Those of TLS 1.2
    /// are not: what they say could be read with the key of their tickets (RFC 5077 5.5), which lives as long as the certificate.
    /// </summary>
    /// <param name="offersTls13">Whether the client offers TLS 1.3, which is then agreed on.</param>
    public SslServerAuthenticationOptions OptionsFor(bool offersTls13) => offersTls13 ? resumed : whole;

    private static ServerCertificate LoadPem(byte[] content, byte[] key, string? password)
    {
        var (certificates, keys) = (System.Text.Encoding.ASCII.GetString(content), System.Text.Encoding.ASCII.GetString(key));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        var certificate = password is null ? X509Certificate2.CreateFromPem(certificates, keys) : X509Certificate2.CreateFromEncryptedPem(certificates, keys, password);
        chain.RemoveAt(0); // itself
        return new(certificate, chain);
    }

    private static ServerCertificate LoadPkcs12(byte[] content, string? password)
    {
        var chain = X509CertificateLoader.LoadPkcs12Collection(content, password);
        var certificate = chain.FirstOrDefault(each => each.HasPrivateKey) ?? throw new CryptographicException("there is no private key in it");
        chain.Remove(certificate);
        return new(certificate, chain);
    }

    private SslServerAuthenticationOptions MakeOptions(SslProtocols versions, bool allowResume) => new()
    {
        ServerCertificateContext = Context,
        EnabledSslProtocols = versions,
        AllowRenegotiation = false,
        AllowTlsResume = allowResume,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // of clients, who show none
    };

    private static string[] NamesOf(X509Certificate2 certificate)
    {
        string[] names = [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(each => each.EnumerateDnsNames()).Select(name => name.ToLowerInvariant())];
        var common = certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false);
        return names.Length > 0 || string.IsNullOrEmpty(common) ? names : [common.ToLowerInvariant()];
    }

    // The hash of its signature; SHA-256 where that is older. Nothing where it is not known: then there is no binding.
    private static byte[] Hash(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(certificate.RawDataMemory.Span),
        "1.2.840.113549.1.1.10" => [], // RSASSA-PSS names it in its parameters
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(certificate.RawDataMemory.Span),
        _ => SHA256.HashData(certificate.RawDataMemory.Span),
    };
}
