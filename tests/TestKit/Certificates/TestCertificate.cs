using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Mail.TestKit.Certificates;

/// <summary>A certificate in the forms in which an operator may have it.</summary>
/// <param name="Chain">PEM: the certificate and its intermediate.</param>
/// <param name="Key">PEM: the private key.</param>
/// <param name="Pkcs12">PKCS#12 with certificate, key and intermediate, without a password.</param>
/// <param name="Raw">The certificate alone, DER.</param>
public sealed record TestCertificate(string Chain, string Key, byte[] Pkcs12, byte[] Raw)
{
    internal TestCertificate(string chain, string key, X509Certificate2Collection all, byte[] raw)
        : this(chain, key, all.Export(X509ContentType.Pkcs12)!, raw)
    {
    }

    /// <summary>The key, encrypted.</summary>
    public string EncryptedKey(string password)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Key);
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }
}
