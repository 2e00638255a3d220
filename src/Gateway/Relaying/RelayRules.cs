using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Relaying;

/// <summary>Decides by its address whether a client may send mail to domains that are not ours.</summary>
public sealed partial class RelayRules(RelayOptions options, GatewayOptions gateway, IGrainFactory grains, ILogger<RelayRules> logger)
{
    private readonly AddressSet local = new(options.LocalAddresses);
    private readonly AddressSet proxies = new(gateway.TrustedProxies);

    /// <summary>
    /// Whether the client may relay. Only POP before SMTP makes a call, and only for an address that may not relay
    /// anyway: ask when it matters, for a recipient that is not ours. Throws when the cluster does not answer.
    /// </summary>
    public ValueTask<bool> MayRelayAsync(IPAddress client)
    {
        if (MayAlwaysRelay(client))
            return new(true);
        return MayHoldPermit(client) ? new(grains.PermitOf(client).HoldsAsync()) : new(false);
    }

    /// <summary>Whether the client may relay without a permit, which is known without a call.</summary>
    public bool MayAlwaysRelay(IPAddress client) => options.AntiRelay == AntiRelay.Everyone || IsLocal(client);

    /// <summary>
    /// A user has logged in by POP3: from now on the client's address may relay for a while. When that cannot be written
    /// the login is as good as before, and the log tells why mail is refused.
    /// </summary>
    public async ValueTask GrantAsync(IPAddress client, AccountLogin account)
    {
        // Whoever knows the name of a user with a weak password has logged in as that user.
        if (account.WeakPassword || !MayHoldPermit(client) || IsLocal(client))
            return;
        try
        {
            await grains.PermitOf(client).GrantAsync(options.PermitTime);
        }
        catch (Exception exception)
        {
            LogNotGranted(exception, client);
        }
    }

    // Behind a proxy's own address may be anybody, whatever CFG_LOCALIP says.
    private bool IsLocal(IPAddress client) =>
        !proxies.Contains(client) && (local.Contains(client) || (client.Equals(IPAddress.IPv6Loopback) && local.Contains(IPAddress.Loopback)));

    private bool MayHoldPermit(IPAddress client) => options.AntiRelay == AntiRelay.PopBeforeSmtp && !proxies.Contains(client);

    [LoggerMessage(340, LogLevel.Warning, "{Address} logged in, but is not permitted to relay: the permit could not be kept")]
    private partial void LogNotGranted(Exception exception, IPAddress address);
}
