using System.Net;
using System.Net.Sockets;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>The hosts of a destination in groups of equal preference, of which each route takes its own order (RFC 5321 5.1).</summary>
internal sealed class RoutePlan
{
    /// <summary>Addresses of a route: more than a few are not waited for.</summary>
    private const int MaxAddresses = 10;

    private readonly RelayHost[][] groups;
    private readonly bool isSmartHost;
    private Made? fixedOrder;

    private RoutePlan(string key, RelayHost[][] groups, bool isSmartHost)
    {
        Key = key;
        this.groups = groups;
        this.isSmartHost = isSmartHost;
    }

    /// <summary>The names of the hosts: domains that share them are one destination.</summary>
    public string Key { get; }

    /// <summary>Makes a plan of what DNS says; null, with the entrance that says why, when mail can't go there.</summary>
    public static RoutePlan? TryMake(MxAnswer answer, OwnHosts own, int port, bool isSmartHost, out RelayEntrance? instead)
    {
        instead = answer.Outcome switch
        {
            MxOutcome.Found => null,
            MxOutcome.NullMx => new RelayEntrance.Refused($"5.1.10 {answer.Domain} takes no mail: its MX is the null MX"),
            MxOutcome.NoSuchDomain => new RelayEntrance.Refused($"5.1.2 {answer.Domain} does not exist"),
            MxOutcome.NoHost => new RelayEntrance.Refused($"5.4.4 {answer.Domain} has no host that takes its mail: {answer.Cause}"),
            _ => new RelayEntrance.Closed($"4.4.3 DNS is in trouble with {answer.Domain}: {answer.Cause}", null),
        };
        if (instead is not null)
            return null;
        var hosts = answer.Hosts.Select(static host => (host.Name, host.Preference, Addresses: Parse(host))).ToArray();
        var ours = isSmartHost ? [] : hosts.Where(host => own.IsOwn(host.Name, host.Addresses)).ToArray();
        if (ours.Length > 0)
        {
            var best = ours.Min(static host => host.Preference);
            hosts = [.. hosts.Where(host => host.Preference < best)];
            if (hosts.Length == 0)
            {
                instead = new RelayEntrance.Refused($"5.4.6 the mail of {answer.Domain} would come back to this host, which does not take it");
                return null;
            }
        }

        var groups = hosts.GroupBy(static host => host.Preference).OrderBy(static group => group.Key)
            .Select(group => group.SelectMany(host => host.Addresses.Where(address => own.MayDial(address, isSmartHost)).Select(address => new RelayHost(host.Name, new IPEndPoint(address, port)))).ToArray())
            .Where(static group => group.Length > 0)
            .ToArray();
        if (groups.Length == 0)
        {
            instead = answer.Cause.Length > 0
                ? new RelayEntrance.Closed($"4.4.3 DNS is in trouble with {answer.Domain}: {answer.Cause}", null)
                : new RelayEntrance.Refused($"5.4.4 no host of {answer.Domain} has an address that mail can be sent to");
            return null;
        }

        var key = string.Join(',', answer.Hosts.Select(static host => host.Name).Order(StringComparer.Ordinal));
        return new RoutePlan(key, groups, isSmartHost);
    }

    /// <summary>A route past the denied addresses; null when none is left.</summary>
    public RelayRoute? MakeRoute(AddressSet denied)
    {
        var made = fixedOrder;
        if (made is not null && made.Denied == denied)
            return made.Route;
        var hosts = new List<RelayHost>();
        var free = false;
        foreach (var group in groups)
        {
            var allowed = Array.FindAll(group, host => !denied.Contains(host.EndPoint.Address));
            free |= allowed.Length > 1;
            hosts.AddRange(Order(allowed));
        }

        if (hosts.Count == 0)
            return null;
        if (hosts.Count > MaxAddresses)
            hosts.RemoveRange(MaxAddresses, hosts.Count - MaxAddresses);
        var route = new RelayRoute(Key, hosts, isSmartHost);
        if (!free)
            fixedOrder = new Made(route, denied);
        return route;
    }

    // By chance, and by turns from IPv6 and IPv4, so that a family that leads nowhere costs one attempt (RFC 8305 4).
    private static RelayHost[] Order(RelayHost[] group)
    {
        if (group.Length < 2)
            return group;
        Random.Shared.Shuffle(group);
        var v6 = group.Where(static host => host.EndPoint.AddressFamily == AddressFamily.InterNetworkV6).ToArray();
        var v4 = group.Where(static host => host.EndPoint.AddressFamily == AddressFamily.InterNetwork).ToArray();
        var both = Math.Min(v6.Length, v4.Length);
        return [.. v6.Zip(v4, static (six, four) => (RelayHost[])[six, four]).SelectMany(static pair => pair), .. v6.Skip(both), .. v4.Skip(both)];
    }

    private static IPAddress[] Parse(MxHost host) => [.. host.Addresses.Select(static text => OwnHosts.Plain(IPAddress.Parse(text)))];

    private sealed record Made(RelayRoute Route, AddressSet Denied);
}
