using Microsoft.AspNetCore.Connections;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>TLS was not agreed on: the connection is of no more use, and closes.</summary>
/// <param name="reason">For the log.</param>
/// <param name="cause">What SslStream said.</param>
public sealed class TlsHandshakeException(string reason, Exception cause) : ConnectionAbortedException(reason, cause);
