namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>What clients send that do not agree on TLS.</summary>
internal static class HandshakeOctets
{
    /// <summary>A whole ClientHello of TLS 1.0, with ciphers of its time.</summary>
    public static byte[] OldHello { get; } =
    [
        0x16, 3, 1, 0, 49, // a record with a handshake
        1, 0, 0, 45, 3, 1, // ClientHello
        .. Enumerable.Range(0, 32).Select(i => (byte)i), // random
        0, // no session
        0, 6, 0xc0, 0x13, 0xc0, 0x14, 0, 0x2f, // ciphers
        1, 0, // no compression
    ];

    /// <summary>The message of one record, spread over records of <paramref name="length"/> octets each and a last one (RFC 8446 5.1).</summary>
    public static byte[] InRecords(byte[] record, int length) =>
        [.. record[5..].Chunk(length).SelectMany(part => (byte[])[.. record[..3], (byte)(part.Length >> 8), (byte)part.Length, .. part])];
}
