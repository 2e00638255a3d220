using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Orleans.Mail.Protocols.Proxy;

/// <summary>Version 1: <c>PROXY TCP4 source destination port port</c> on a line of at most 107 octets.</summary>
internal static class ProxyLine
{
    private const int MaxLength = 107;
    private const byte Lf = (byte)'\n';

    public static ReadOnlySpan<byte> Signature => "PROXY "u8;

    public static ProxyRead TryRead(ref ReadOnlySequence<byte> input, ref ProxyHeader header)
    {
        if (!ProxyHeaderReader.Agree(input, Signature))
            return ProxyRead.Malformed;
        Span<byte> octets = stackalloc byte[MaxLength];
        var length = (int)Math.Min(input.Length, MaxLength);
        input.Slice(0, length).CopyTo(octets);
        var end = octets[..length].IndexOf(Lf);
        if (end < 0)
            return length < MaxLength ? ProxyRead.NeedsMore : ProxyRead.Malformed;
        if (octets[end - 1] != '\r' || !TryParse(Encoding.Latin1.GetString(octets[Signature.Length..(end - 1)]), out header))
            return ProxyRead.Malformed;
        input = input.Slice(end + 1);
        return ProxyRead.Done;
    }

    private static bool TryParse(string text, out ProxyHeader header)
    {
        header = ProxyHeader.Unknown;
        var words = text.Split(' ');
        if (words[0] == "UNKNOWN")
            return true; // whatever follows is to be ignored
        if (words is not [var family, var source, var destination, var sourcePort, var destinationPort] || !IsPort(sourcePort) || !IsPort(destinationPort))
            return false;
        if (!TryParseAddress(family, source, out var from) || !TryParseAddress(family, destination, out var to))
            return false;
        header = new(from, to);
        return true;
    }

    // Only the canonical form: IPAddress.TryParse alone also takes "1", "0x7f.1", "[::1]:80" and scope ids.
    private static bool TryParseAddress(string family, string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IPAddress.TryParse(text, out var parsed))
            return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return (family, parsed.GetAddressBytes().Length) switch
        {
            ("TCP4", 4) => parsed.ToString() == text,
            ("TCP6", 16) => !text.AsSpan().ContainsAny("[]%/"),
            _ => false,
        };
    }

    private static bool IsPort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (text.Length == 1 || text[0] != '0');
}
