using System.Buffers.Binary;
using System.Net;

namespace Orleans.Mail.LoadGenerator.Connections;

/// <summary>The addresses of 127.1.0.0/16, from which a machine can connect to itself as so many clients.</summary>
internal static class Sources
{
    /// <summary>As many as there are.</summary>
    public const int Most = 65_536;

    private const uint First = 0x7f_01_00_00;

    public static IPAddress Of(int number)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, First + (uint)(number % Most));
        return new IPAddress(octets);
    }
}
