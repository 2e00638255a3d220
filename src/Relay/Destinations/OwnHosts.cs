using System.Net;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Relay;

/// <summary>Which hosts this server is itself, and which addresses nobody's mail is taken to.</summary>
internal sealed class OwnHosts(IOptions<DestinationOptions> options)
{
    private readonly HashSet<IPAddress> addresses = [.. options.Value.OwnAddresses.Select(Plain)];

    // 0.0.0.0/8 is this host (RFC 1122 3.2.1.3), 224.0.0.0/4 and 240.0.0.0/4 are no hosts, the rest are of one link only.
    private static readonly AddressSet Never = new(
        ((string[])["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"]).Select(Prefix));

    private static readonly AddressSet Loopback = new(((string[])["127.0.0.0/8", "::1/128"]).Select(Prefix));

    /// <summary>Whether a host of an MX set is this server.</summary>
    public bool IsOwn(string name, IReadOnlyList<IPAddress> its) =>
        name.Equals(options.Value.HostName, StringComparison.OrdinalIgnoreCase) || its.Any(addresses.Contains);

    /// <summary>Whether mail may be taken there at all.</summary>
    public bool MayDial(IPAddress address, bool isSmartHost) =>
        !Never.Contains(address) && (isSmartHost || options.Value.AllowLoopback || !Loopback.Contains(address));

    /// <summary>An IPv4 address in IPv6's clothes is that IPv4 address.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static AddressPrefix Prefix(string text) =>
        AddressPrefix.TryParse(text, out var prefix) ? prefix : throw new InvalidOperationException($"'{text}' is no prefix");
}
