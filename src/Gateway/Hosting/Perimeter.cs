using System.Net;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Relaying;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>What the mail ports ask about a client: who it is, whether it may come in, and what it may do.</summary>
public sealed class Perimeter(GatewayOptions gateway, DenyDirectory denied, BlockDirectory blocks, ClientRates rates, RelayRules relay)
{
    private readonly AddressSet proxies = new(gateway.TrustedProxies);

    public DenyDirectory Denied => denied;

    public BlockDirectory Blocks => blocks;

    public ClientRates Rates => rates;

    public RelayRules Relay => relay;

    /// <summary>Whether a peer must say by a PROXY header for whom it connects.</summary>
    public bool IsProxy(IPAddress peer) => proxies.Contains(peer);
}
