using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Mail.TestKit.Certificates;

/// <summary>An authority of the test's own, and the certificates that it signs by an intermediate.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 intermediate;

    public TestAuthority()
    {
        Root = Authority("CN=Test Root", rootKey).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddYears(5));
        using var signed = Authority("CN=Test Intermediate", intermediateKey)
            .Create(Root, DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddYears(4), [1]);
        intermediate = signed.CopyWithPrivateKey(intermediateKey);
    }

    /// <summary>What clients trust.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>Signs a certificate for names; the first is its subject.</summary>
    public TestCertificate Sign(DateTimeOffset notAfter, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.Create(intermediate, DateTimeOffset.UtcNow.AddDays(-8), notAfter, RandomNumberGenerator.GetBytes(8));
        using var whole = certificate.CopyWithPrivateKey(key);
        return new TestCertificate(
            $"{certificate.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}\n",
            key.ExportPkcs8PrivateKeyPem(),
            new X509Certificate2Collection { whole, X509CertificateLoader.LoadCertificate(intermediate.RawData) },
            certificate.RawData);
    }

    public TestCertificate Sign(params string[] names) => Sign(DateTimeOffset.UtcNow.AddDays(90), names);

    public void Dispose()
    {
        Root.Dispose();
        intermediate.Dispose();
        rootKey.Dispose();
        intermediateKey.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request;
    }
}
