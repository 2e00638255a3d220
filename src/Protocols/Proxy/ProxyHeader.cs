using System.Net;

namespace Orleans.Mail.Protocols.Proxy;

/// <summary>How far the reading of a header came.</summary>
public enum ProxyRead
{
    /// <summary>All that came so far may be the start of one.</summary>
    NeedsMore,

    /// <summary>It is read.</summary>
    Done,

    /// <summary>It is none, or one that must be refused.</summary>
    Malformed,
}

/// <summary>What a proxy says about a connection (the PROXY protocol, versions 1 and 2).</summary>
/// <param name="Source">The client's address; null when the proxy does not say (LOCAL, UNKNOWN): the peer's holds then.</param>
/// <param name="Destination">The address that the client reached; null together with <paramref name="Source"/>.</param>
public sealed record ProxyHeader(IPAddress? Source, IPAddress? Destination)
{
    /// <summary>The proxy speaks for itself, or does not know the client.</summary>
    public static readonly ProxyHeader Unknown = new(null, null);
}
