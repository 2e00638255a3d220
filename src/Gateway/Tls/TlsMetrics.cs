using System.Diagnostics.Metrics;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>What the gateway measures of TLS: <c>mail.tls.*</c>.</summary>
internal sealed class TlsMetrics
{
    private readonly ServerCertificates certificates;
    private readonly TimeProvider time;
    private readonly Counter<long> handshakes;

    public TlsMetrics(IMeterFactory factory, ServerCertificates certificates, TimeProvider time)
    {
        this.certificates = certificates;
        this.time = time;
        var meter = factory.Create("mail.tls");
        handshakes = meter.CreateCounter<long>("mail.tls.handshakes", "{handshake}", "Handshakes with clients, by listener and by what was agreed on.");
        meter.CreateObservableGauge("mail.tls.certificate.remaining", Measure, "s", "For how long the certificates are good.");
    }

    /// <param name="port">The listener.</param>
    /// <param name="session">What was agreed on; null = nothing.</param>
    public void HandshakeEnded(MailPort port, TlsSession? session)
    {
        if (handshakes.Enabled)
            handshakes.Add(1, new("port", port.ToString().ToLowerInvariant()), new("version", session?.Version ?? "failed"));
    }

    private IEnumerable<Measurement<double>> Measure()
    {
        var now = time.GetUtcNow();
        return certificates.All.Select(each => new Measurement<double>((each.NotAfter - now).TotalSeconds, new KeyValuePair<string, object?>("name", each.Name)));
    }
}
