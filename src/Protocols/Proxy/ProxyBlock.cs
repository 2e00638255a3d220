using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace Orleans.Mail.Protocols.Proxy;

/// <summary>Version 2: a signature, version and command, family, a length, and so many octets: addresses, then extensions that are ignored.</summary>
internal static class ProxyBlock
{
    private const int FixedLength = 16;
    private const int LengthOfV4 = 2 * (4 + 2);
    private const int LengthOfV6 = 2 * (16 + 2);

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static ProxyRead TryRead(ref ReadOnlySequence<byte> input, ref ProxyHeader header)
    {
        if (!ProxyHeaderReader.Agree(input, Signature))
            return ProxyRead.Malformed;
        if (input.Length < FixedLength)
            return ProxyRead.NeedsMore;
        Span<byte> start = stackalloc byte[FixedLength + LengthOfV6];
        var copied = (int)Math.Min(input.Length, start.Length);
        input.Slice(0, copied).CopyTo(start);
        var length = BinaryPrimitives.ReadUInt16BigEndian(start[14..]);
        if (!IsAllowed(start[12], start[13], length))
            return ProxyRead.Malformed;
        if (input.Length < FixedLength + length)
            return ProxyRead.NeedsMore;
        header = Read(start[12], start[13], start[FixedLength..]);
        input = input.Slice(FixedLength + length);
        return ProxyRead.Done;
    }

    // Version 2 in the high half; LOCAL (0) comes with any family, PROXY (1) with TCP over IPv4, TCP over IPv6, a
    // local socket, or without saying.
    private static bool IsAllowed(byte command, byte family, int length) => (command, family) switch
    {
        (0x20, _) => true,
        (0x21, 0x00 or 0x31) => true,
        (0x21, 0x11) => length >= LengthOfV4,
        (0x21, 0x21) => length >= LengthOfV6,
        _ => false,
    };

    private static ProxyHeader Read(byte command, byte family, ReadOnlySpan<byte> addresses) => (command, family) switch
    {
        (0x21, 0x11) => new(new IPAddress(addresses[..4]), new IPAddress(addresses[4..8])),
        (0x21, 0x21) => new(ReadV6(addresses[..16]), ReadV6(addresses[16..32])),
        _ => ProxyHeader.Unknown,
    };

    private static IPAddress ReadV6(ReadOnlySpan<byte> octets)
    {
        var address = new IPAddress(octets);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
