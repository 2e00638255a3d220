using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orleans.Mail;

/// <summary>
/// All IP addresses that begin with the same bits; one address is the longest prefix. Bits beyond its length are masked
/// off (<c>194.30.30.11/16</c> is <c>194.30.0.0/16</c>), and <c>::ffff:a.b.c.d</c> is <c>a.b.c.d</c>.
/// </summary>
public readonly record struct AddressPrefix
{
    private const int BitsOfV4 = 32;
    private const int BitsOfV6 = 128;

    private AddressPrefix(AddressFamily family, UInt128 address, int length)
    {
        Family = family;
        Length = length;
        var free = Bits(family) - length;
        First = free == BitsOfV6 ? 0 : address >> free << free;
    }

    /// <summary><see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>.</summary>
    public AddressFamily Family { get; }

    /// <summary>Bits that are fixed: 0 to 32, or 0 to 128.</summary>
    public int Length { get; }

    /// <summary>The first address, as a number.</summary>
    public UInt128 First { get; }

    /// <summary>The last address, as a number.</summary>
    public UInt128 Last => Length == 0 && Family == AddressFamily.InterNetworkV6
        ? UInt128.MaxValue
        : First | ((UInt128.One << (Bits(Family) - Length)) - 1);

    /// <summary>The prefix of <paramref name="address"/> that has so many bits in its family.</summary>
    public static AddressPrefix Of(IPAddress address, int lengthOfV4 = BitsOfV4, int lengthOfV6 = BitsOfV6)
    {
        var (family, number) = Number(address);
        return new(family, number, family == AddressFamily.InterNetwork ? lengthOfV4 : lengthOfV6);
    }

    /// <summary>Reads <c>address</c> or <c>address/length</c>. An IPv4 address has four decimal parts.</summary>
    public static bool TryParse(string text, out AddressPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var written))
            return false;
        var (family, number) = Number(written);
        var bits = Bits(family);
        // A length behind ::ffff:a.b.c.d counts from the start of the IPv6 form.
        var mapped = written.AddressFamily == family ? 0 : BitsOfV6 - BitsOfV4;
        var length = bits;
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length))
                return false;
            length -= mapped;
        }

        if (length < 0 || length > bits)
            return false;
        prefix = new(family, number, length);
        return true;
    }

    /// <summary>The number of an address in its family.</summary>
    public static (AddressFamily Family, UInt128 Number) Number(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        if (length == 4)
            return (AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(octets));
        return address.IsIPv4MappedToIPv6
            ? (AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(octets[12..]))
            : (AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt128BigEndian(octets));
    }

    /// <summary>The prefix of so many bits that all its addresses begin with.</summary>
    public AddressPrefix Shorten(int length) => new(Family, First, Math.Min(length, Length));

    /// <summary>Whether all addresses of <paramref name="other"/> are among these.</summary>
    public bool Contains(AddressPrefix other) => other.Family == Family && other.First >= First && other.Last <= Last;

    public bool Contains(IPAddress address)
    {
        var (family, number) = Number(address);
        return family == Family && number >= First && number <= Last;
    }

    /// <summary>The canonical form: an address, with <c>/length</c> unless it is a single one.</summary>
    public override string ToString() => Length == Bits(Family)
        ? FirstAddress().ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{FirstAddress()}/{Length}");

    private static int Bits(AddressFamily family) => family == AddressFamily.InterNetwork ? BitsOfV4 : BitsOfV6;

    // IPAddress.TryParse also takes "1", "0x7f.1", "[::1]:80" and scope ids.
    private static bool TryParseAddress(string text, out IPAddress address)
    {
        var isV6 = text.Contains(':', StringComparison.Ordinal);
        if (IPAddress.TryParse(text, out address!))
            return isV6 ? !text.AsSpan().ContainsAny("[]%") : address.ToString() == text;
        return false;
    }

    private IPAddress FirstAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, First);
        return new IPAddress(Family == AddressFamily.InterNetwork ? octets[12..] : octets);
    }
}
