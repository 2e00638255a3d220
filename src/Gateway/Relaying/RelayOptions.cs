using System.Net;
using System.Net.Sockets;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Relaying;

/// <summary>CFG_ANTI_RELY: who may send mail to domains that are not ours.</summary>
public enum AntiRelay
{
    /// <summary>Everyone: an open relay.</summary>
    Everyone = 0,

    /// <summary>The addresses of CFG_LOCALIP, and clients that have authenticated.</summary>
    LocalAddresses = 1,

    /// <summary>Those, and addresses that logged in by POP3 a while ago.</summary>
    PopBeforeSmtp = 2,
}

/// <summary>Who may relay.</summary>
public sealed record RelayOptions
{
    /// <summary>A shorter prefix in CFG_LOCALIP lets so many strangers relay that it must be confirmed.</summary>
    private const int ShortestV4 = 8;
    private const int ShortestV6 = 32;

    /// <summary>CFG_ANTI_RELY (also CFG_ANTIRELY), 0 to 2. Default: 1, as in the manual.</summary>
    public AntiRelay AntiRelay { get; init; } = AntiRelay.LocalAddresses;

    /// <summary>CFG_LOCALIP: addresses that may relay. Default: 127.0.0.1, as in the manual; in containers none, since a proxy may be there.</summary>
    public IReadOnlyList<AddressPrefix> LocalAddresses { get; init; } = [AddressPrefix.Of(IPAddress.Loopback)];

    /// <summary>CFG_RELY_TIMEOUT, minutes: how long a POP3 login permits its address to relay. Default: 15 min, as in the manual.</summary>
    public TimeSpan PermitTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Throws <see cref="ParameterException"/> when what the parameters say is an open relay, or nearly, and is not confirmed.</summary>
    public static RelayOptions From(Parameters parameters, GatewayOptions gateway)
    {
        var defaults = new RelayOptions();
        var inContainer = parameters.Switch("DOTNET_RUNNING_IN_CONTAINER", false);
        var options = new RelayOptions
        {
            AntiRelay = (AntiRelay)parameters.WholeNumber("CFG_ANTI_RELY", (int)defaults.AntiRelay, 0, 2),
            LocalAddresses = parameters.Prefixes("CFG_LOCALIP", inContainer ? [] : defaults.LocalAddresses),
            PermitTime = TimeSpan.FromMinutes(parameters.WholeNumber("CFG_RELY_TIMEOUT", (int)defaults.PermitTime.TotalMinutes, 1, 10_080)),
        };
        var opens = parameters.Switch("Relay:ConfirmOpen", false);
        var widens = parameters.Switch("Relay:ConfirmWide", false);
        if (options.AntiRelay == AntiRelay.Everyone && !opens && IsReachable(gateway))
            throw new ParameterException("CFG_ANTI_RELY", "0", "1 or 2 where strangers can connect, unless Relay:ConfirmOpen = true says that an open relay is meant");
        if (!widens && options.LocalAddresses.Any(IsWide))
            throw new ParameterException("CFG_LOCALIP", parameters.Find("CFG_LOCALIP")!, $"no mask shorter than /{ShortestV4}, IPv6 /{ShortestV6}, unless Relay:ConfirmWide = true says that it is meant");
        return options;
    }

    // Behind a proxy, whoever reaches the proxy reaches us.
    private static bool IsReachable(GatewayOptions gateway) => !IPAddress.IsLoopback(gateway.Bind) || gateway.TrustedProxies.Count > 0;

    private static bool IsWide(AddressPrefix prefix) =>
        prefix.Length < (prefix.Family == AddressFamily.InterNetwork ? ShortestV4 : ShortestV6);
}
