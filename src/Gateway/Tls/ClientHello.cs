using System.Buffers;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// What has to be known of a client's first message (RFC 8446 4.1.2) before the handshake: SslStream tells the name in it, and
/// not the versions that are offered. It is looked at, not consumed.
/// </summary>
internal static class ClientHello
{
    /// <summary>Octets of a record's header: a read for the message begins with it.</summary>
    public const int HeaderLength = 5;

    private const int MaxRecordLength = 16 * 1024; // RFC 8446 5.1
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int SupportedVersions = 43;
    private const int Tls13 = 0x0304;

    /// <summary>Looks for TLS 1.3 among the versions. False: it has to be asked again when more octets are there.</summary>
    /// <param name="octets">What the client has sent.</param>
    /// <param name="offersTls13">Whether it is offered; false also for what is no such message, or is spread over several records.</param>
    /// <param name="needed">How many octets have to be there, which are more than there are; means nothing when true is returned.</param>
    public static bool TryRead(ReadOnlySequence<byte> octets, out bool offersTls13, out int needed)
    {
        offersTls13 = false;
        needed = HeaderLength;
        var header = new SequenceReader<byte>(octets);
        if (!header.TryRead(out var type))
            return false;
        if (type != HandshakeRecord)
            return true;
        if (!TrySkip(ref header, 2) || !TryReadNumber(ref header, out var length))
            return false;
        if (length > MaxRecordLength)
            return true;
        needed = HeaderLength + length;
        if (octets.Length < needed)
            return false;
        offersTls13 = Offers(octets.Slice(HeaderLength, length));
        return true;
    }

    private static bool Offers(ReadOnlySequence<byte> record)
    {
        const int lengthVersionRandom = 3 + 2 + 32;
        var hello = new SequenceReader<byte>(record);
        if (!hello.TryRead(out var type) || type != ClientHelloMessage || !TrySkip(ref hello, lengthVersionRandom))
            return false;
        var isWhole = hello.TryRead(out var session) && TrySkip(ref hello, session)
            && TryReadNumber(ref hello, out var ciphers) && TrySkip(ref hello, ciphers)
            && hello.TryRead(out var compressions) && TrySkip(ref hello, compressions)
            && TrySkip(ref hello, 2); // the length of all extensions
        if (!isWhole)
            return false;
        while (TryReadNumber(ref hello, out var extension) && TryReadNumber(ref hello, out var length) && hello.Remaining >= length)
        {
            if (extension == SupportedVersions)
                return Lists(hello.UnreadSequence.Slice(0, length), Tls13);
            hello.Advance(length);
        }

        return false;
    }

    // RFC 8446 4.2.1
    private static bool Lists(ReadOnlySequence<byte> extension, int version)
    {
        var versions = new SequenceReader<byte>(extension);
        if (!versions.TryRead(out var length) || length != versions.Remaining)
            return false;
        while (TryReadNumber(ref versions, out var each))
        {
            if (each == version)
                return true;
        }

        return false;
    }

    private static bool TryReadNumber(ref SequenceReader<byte> reader, out int number)
    {
        var isThere = reader.TryReadBigEndian(out short value);
        number = (ushort)value;
        return isThere;
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int count)
    {
        if (reader.Remaining < count)
            return false;
        reader.Advance(count);
        return true;
    }
}
