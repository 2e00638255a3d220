namespace Orleans.Mail.Gateway.Tls;

/// <summary>What stands in the files of Tls:Certificate and Tls:Key at a moment.</summary>
/// <param name="Contents">A pair a certificate; the key is null where it has no file of its own.</param>
internal sealed record CertificateFiles(IReadOnlyList<(byte[] Certificate, byte[]? Key)> Contents)
{
    public static readonly CertificateFiles None = new([]);

    public static CertificateFiles Read(TlsOptions options) => new(
        [.. options.Certificates.Select((path, i) => (File.ReadAllBytes(path), i < options.Keys.Count ? File.ReadAllBytes(options.Keys[i]) : null))]);

    public bool Equals(CertificateFiles? other) =>
        other is not null
        && Contents.Count == other.Contents.Count
        && Contents.Zip(other.Contents).All(pair => Same(pair.First.Certificate, pair.Second.Certificate) && Same(pair.First.Key, pair.Second.Key));

    public override int GetHashCode() => Contents.Count;

    private static bool Same(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);
}
