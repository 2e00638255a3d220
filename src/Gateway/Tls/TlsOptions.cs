using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>Which certificates the gateway shows to its clients.</summary>
public sealed record TlsOptions
{
    /// <summary>Tls:Certificate: files with a certificate and its chain, PEM or PKCS#12. The first is shown to clients that ask for no name, or for an unknown one. Default: none; in Development one is made.</summary>
    public IReadOnlyList<string> Certificates { get; init; } = [];

    /// <summary>Tls:Key: the private keys of the PEM files, in their order. Default: in the same files.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Tls:Password: of the PKCS#12 files and of encrypted PEM keys. Default: none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether a certificate is made when none is named.</summary>
    public bool SelfSigned { get; init; }

    /// <summary>The host that a certificate is made for.</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>How long a handshake may take. Default: 30 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the files are looked at. Default: 5 s.</summary>
    public TimeSpan ReloadPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From how long before its end on a certificate is warned of. Default: 14 days.</summary>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromDays(14);

    private bool HasCertificate => SelfSigned || Certificates.Count > 0;

    /// <summary>Stops the start where TLS was asked for and there is nothing to show.</summary>
    /// <exception cref="ParameterException">There is no certificate.</exception>
    public void Require(string name, bool isAskedFor)
    {
        if (isAskedFor && !HasCertificate)
            throw new ParameterException($"{name} needs a certificate: set Tls:Certificate.");
    }

    /// <exception cref="ParameterException">There are more keys than certificates.</exception>
    public static TlsOptions From(Parameters parameters, string hostName, bool development)
    {
        var certificates = Paths(parameters, "Tls:Certificate");
        var keys = Paths(parameters, "Tls:Key");
        if (keys.Count > certificates.Count)
            throw new ParameterException("Tls:Key", parameters.Text("Tls:Key", ""), "one key for each file of Tls:Certificate, or fewer");
        return new()
        {
            Certificates = certificates,
            Keys = keys,
            Password = parameters.Find("Tls:Password"),
            HostName = hostName,
            SelfSigned = development && certificates.Count == 0,
        };
    }

    private static IReadOnlyList<string> Paths(Parameters parameters, string name) =>
        [.. (parameters.Find(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Path.GetFullPath)];
}
