namespace Orleans.Mail.Gateway.Tls;

/// <summary>The certificates that clients are shown.</summary>
public sealed class ServerCertificates(TlsOptions options)
{
    /// <summary>There is one: TLS is offered.</summary>
    public bool IsAvailable => options.IsOn;
}
