using System.Net;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>Sends a message over SMTP to one of a route's hosts, over a connection that is kept for the next one.</summary>
internal interface IMessageSender
{
    /// <summary>Tries the hosts in their order until one answers for the recipients. Never fails, except when cancelled.</summary>
    Task<Sent> SendAsync(RelayRoute route, RelayMessage message, CancellationToken cancellationToken);
}

/// <summary>Where a destination's mail goes now.</summary>
/// <param name="Key">What makes two routes the same: their MX set, or the smart host.</param>
/// <param name="Hosts">The addresses to try, in this order.</param>
/// <param name="IsSmartHost">All mail goes there: it is one host's name and password, not a domain's MX.</param>
internal sealed record RelayRoute(string Key, IReadOnlyList<RelayHost> Hosts, bool IsSmartHost);

/// <param name="Name">The host's name, for TLS and reports.</param>
/// <param name="EndPoint">Its address and port.</param>
internal sealed record RelayHost(string Name, IPEndPoint EndPoint);

/// <param name="Report">What became of the recipients.</param>
/// <param name="Reached">A host was reached and its handshake succeeded, so that the destination bears this connection; or none was tried, since the trouble was ours.</param>
internal sealed record Sent(RelayReport Report, bool Reached);
