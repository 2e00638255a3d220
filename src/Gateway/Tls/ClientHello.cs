using System.Buffers;
using System.Text;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// What has to be known of a client's first message (RFC 8446 4.1.2) before the handshake, as the certificate and the options
/// hang on it. It is looked at, not consumed.
/// </summary>
/// <param name="Name">The host that the client asks for (RFC 6066 section 3), in ASCII; empty when it asks for none.</param>
/// <param name="OffersTls13">Whether TLS 1.3 is among its versions.</param>
internal readonly record struct ClientHello(string Name, bool OffersTls13)
{
    /// <summary>Octets of a record's header: a read for the message begins with it.</summary>
    public const int HeaderLength = 5;

    private const int MaxRecordLength = 16 * 1024; // RFC 8446 5.1
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int ServerName = 0;
    private const int SupportedVersions = 43;
    private const int Tls13 = 0x0304;

    private static readonly ClientHello Unknown = new("", OffersTls13: false);

    /// <summary>Looks into it. False: it has to be asked again when more octets are there.</summary>
    /// <param name="octets">What the client has sent.</param>
    /// <param name="hello">What it says; nothing for what is no such message, or as far as it does not stand in the first record.</param>
    /// <param name="needed">How many octets have to be there, which are more than there are; means nothing when true is returned.</param>
    public static bool TryRead(ReadOnlySequence<byte> octets, out ClientHello hello, out int needed)
    {
        hello = Unknown;
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
        hello = Read(octets.Slice(HeaderLength, length));
        return true;
    }

    private static ClientHello Read(ReadOnlySequence<byte> record)
    {
        const int lengthVersionRandom = 3 + 2 + 32;
        var hello = Unknown;
        var reader = new SequenceReader<byte>(record);
        if (!reader.TryRead(out var type) || type != ClientHelloMessage || !TrySkip(ref reader, lengthVersionRandom))
            return hello;
        var isWhole = reader.TryRead(out var session) && TrySkip(ref reader, session)
            && TryReadNumber(ref reader, out var ciphers) && TrySkip(ref reader, ciphers)
            && reader.TryRead(out var compressions) && TrySkip(ref reader, compressions)
            && TrySkip(ref reader, 2); // the length of all extensions
        if (!isWhole)
            return hello;
        while (TryReadNumber(ref reader, out var extension) && TryReadNumber(ref reader, out var length) && reader.Remaining >= length)
        {
            var content = reader.UnreadSequence.Slice(0, length);
            if (extension == ServerName)
                hello = hello with { Name = NameIn(content) };
            else if (extension == SupportedVersions)
                hello = hello with { OffersTls13 = Lists(content, Tls13) };
            reader.Advance(length);
        }

        return hello;
    }

    // RFC 6066 section 3: a list in which the first, and in practice only, entry is the host.
    private static string NameIn(ReadOnlySequence<byte> extension)
    {
        var names = new SequenceReader<byte>(extension);
        return TrySkip(ref names, 2) && names.TryRead(out var type) && type == 0 && TryReadNumber(ref names, out var length) && names.Remaining >= length
            ? Encoding.ASCII.GetString(names.UnreadSequence.Slice(0, length))
            : "";
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
