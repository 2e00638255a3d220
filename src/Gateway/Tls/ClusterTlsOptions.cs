using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>By what silos and gateways know each other.</summary>
public sealed record ClusterTlsOptions
{
    /// <summary>Cluster:TlsCertificate: a PEM file, this process's certificate and those that lead to the authority's. Default: none, the cluster's connections are plaintext.</summary>
    public string? Certificate { get; init; }

    /// <summary>Cluster:TlsKey: a PEM file with its private key. Default: it stands in the same file.</summary>
    public string? Key { get; init; }

    /// <summary>Cluster:TlsAuthority: a PEM file, the certificates of the authority that signs those of the cluster's processes and of nobody else.</summary>
    public string? Authority { get; init; }

    /// <summary>How long a handshake may take. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>There is a certificate.</summary>
    public bool IsOn => Certificate is not null;

    /// <exception cref="ParameterException">A file is missing, or not named.</exception>
    public static ClusterTlsOptions From(Parameters parameters)
    {
        var (certificate, key, authority) = (File("Cluster:TlsCertificate"), File("Cluster:TlsKey"), File("Cluster:TlsAuthority"));
        return certificate is null == authority is null && (key is null || certificate is not null)
            ? new() { Certificate = certificate, Key = key, Authority = authority }
            : throw new ParameterException("Cluster:TlsCertificate and Cluster:TlsAuthority belong together: a process shows the one and trusts the other.");

        string? File(string name) => parameters.Find(name) is not { } path ? null
            : System.IO.File.Exists(path) ? Path.GetFullPath(path)
            : throw new ParameterException(name, path, "a file that is there");
    }
}
