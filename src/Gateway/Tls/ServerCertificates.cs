using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// The certificates that clients are shown, by the name that they ask for. Files that change are read again
/// (<see cref="Refresh"/>); those that cannot be used change nothing.
/// </summary>
public sealed partial class ServerCertificates
{
    private readonly TlsOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private volatile Loaded current;
    private CertificateFiles? refused;
    private bool isRefusalKnown;

    /// <exception cref="ParameterException">A file cannot be read, or holds no certificate with its key.</exception>
    public ServerCertificates(TlsOptions options, TimeProvider time, ILogger<ServerCertificates> logger, IMeterFactory? meters = null)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        try
        {
            current = Load(CertificateFiles.Read(options));
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            throw new ParameterException($"Tls:Certificate = '{string.Join(',', options.Certificates)}' cannot be used: {exception.Message}", exception);
        }

        foreach (var certificate in current.All)
            LogLoaded(certificate.Name, certificate.NotAfter);
        if (meters is not null)
            Metrics = new TlsMetrics(meters, this, time);
    }

    /// <summary>There is one: TLS is offered.</summary>
    public bool IsAvailable => current.All.Count > 0;

    internal TlsOptions Options => options;

    internal TlsMetrics? Metrics { get; }

    internal IReadOnlyList<ServerCertificate> All => current.All;

    /// <summary>What an operator should know of them.</summary>
    internal IEnumerable<string> Warnings()
    {
        if (isRefusalKnown)
            yield return "the files of Tls:Certificate changed and cannot be used: clients are shown the certificates of before";
        var now = time.GetUtcNow();
        foreach (var certificate in current.All.Where(each => each.NotAfter - now < options.ExpiryWarning))
            yield return $"the certificate of {certificate.Name} {(certificate.NotAfter < now ? "ended" : "ends")} at {certificate.NotAfter.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
    }

    /// <summary>The certificate for a name that a client asked for; the first when there is none for it (RFC 6066 section 3).</summary>
    /// <param name="name">As it is sent and as certificates have it: other letters than those of ASCII are in A-labels (RFC 5890).</param>
    internal ServerCertificate Find(string name)
    {
        var loaded = current;
        return loaded.Find(name.ToLowerInvariant()) ?? loaded.All[0];
    }

    /// <summary>What the files of a certificate can cause: they may not be read, or anything may stand in them.</summary>
    internal static bool IsUnusable(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;

    /// <summary>Reads the files if they changed.</summary>
    internal void Refresh()
    {
        if (options.Certificates.Count == 0)
            return;
        CertificateFiles? files = null;
        try
        {
            files = CertificateFiles.Read(options);
            if (!files.Equals(current.Files))
            {
                current = Load(files);
                foreach (var certificate in current.All)
                    LogReplaced(certificate.Name, certificate.NotAfter);
            }

            refused = null;
            isRefusalKnown = false;
        }
        catch (Exception exception)
        {
            // Whatever is wrong with them, it must not end a server that works. Certificate and key may be replaced one after the other: only what stays like this is complained of.
            var stays = refused is not null && refused.Equals(files ?? CertificateFiles.None);
            refused = files ?? CertificateFiles.None;
            if (stays && !isRefusalKnown)
                LogRefused(exception);
            isRefusalKnown = stays;
        }
    }

    /// <summary>Logs which end soon.</summary>
    internal void Warn()
    {
        foreach (var warning in Warnings())
            LogWarning(warning);
    }

    private Loaded Load(CertificateFiles files)
    {
        if (options.SelfSigned)
            return new(files, [ServerCertificate.Make(options.HostName, time.GetUtcNow())]);
        return new(files, [.. files.Contents.Select(each => ServerCertificate.Load(each.Certificate, each.Key, options.Password))]);
    }

    private sealed class Loaded
    {
        private readonly FrozenDictionary<string, ServerCertificate> byName;

        public Loaded(CertificateFiles files, IReadOnlyList<ServerCertificate> all)
        {
            Files = files;
            All = all;
            byName = all.SelectMany(each => each.Names, (each, name) => (each, name)).DistinctBy(each => each.name).ToFrozenDictionary(each => each.name, each => each.each);
        }

        public CertificateFiles Files { get; }

        public IReadOnlyList<ServerCertificate> All { get; }

        public ServerCertificate? Find(string name)
        {
            if (byName.TryGetValue(name, out var exact))
                return exact;
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? null : byName.GetValueOrDefault("*" + name[dot..]);
        }
    }
}
