using System.Net.Security;
using System.Security.Authentication;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>What was agreed on when a connection became encrypted.</summary>
/// <param name="Protocol">TLS 1.2 or 1.3.</param>
/// <param name="Cipher">The cipher suite.</param>
/// <param name="EndPointBinding">The data of the channel binding tls-server-end-point: a hash of our certificate (RFC 5929 section 4).</param>
public sealed record TlsSession(SslProtocols Protocol, TlsCipherSuite Cipher, ReadOnlyMemory<byte> EndPointBinding)
{
    /// <summary><c>1.2</c> or <c>1.3</c>.</summary>
    public string Version => Protocol == SslProtocols.Tls13 ? "1.3" : "1.2";

    /// <summary>For log lines: <c>TLS 1.3 TLS_AES_256_GCM_SHA384</c>.</summary>
    public override string ToString() => $"TLS {Version} {Cipher}";
}
