using System.Net;
using System.Net.Sockets;

namespace Orleans.Mail.Relay;

/// <summary>A domain that is an address: <c>[192.0.2.1]</c> or <c>[IPv6:2001:db8::1]</c> (RFC 5321 4.1.3).</summary>
internal static class AddressLiteral
{
    private const string V6Tag = "IPv6:";

    public static bool IsLiteral(string domain) => domain is ['[', ..];

    public static bool TryParse(string domain, out IPAddress address)
    {
        address = IPAddress.None;
        if (domain is not ['[', .. var inner, ']'])
            return false;
        var isV6 = inner.StartsWith(V6Tag, StringComparison.OrdinalIgnoreCase);
        if (!AddressPrefix.TryParse(isV6 ? inner[V6Tag.Length..] : inner, out var prefix) || inner.Contains('/', StringComparison.Ordinal))
            return false;
        address = IPAddress.Parse(prefix.ToString());
        return isV6 || address.AddressFamily == AddressFamily.InterNetwork;
    }
}
