namespace Orleans.Mail;

/// <summary>
/// The identity of an accepted message: a ULID made at the start of DATA. It stays the same through aliases, forwards
/// and lists, is the UIDL value of POP3 (RFC 1939 section 7) and the key by which every delivery is idempotent.
/// </summary>
[GenerateSerializer, Immutable, Alias("mail.MessageId")]
public readonly record struct MessageId([property: Id(0)] ulong High, [property: Id(1)] ulong Low) : IComparable<MessageId>
{
    /// <summary>Characters of the text form.</summary>
    public const int TextLength = 26;

    /// <summary>When the id was made, to the millisecond.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds((long)(High >> 16));

    /// <summary>Makes a new id. Ids made in one millisecond are in no order.</summary>
    public static MessageId New(TimeProvider time) => From(Ulid.NewUlid(time.GetUtcNow()));

    /// <summary>The smallest id that could have been made at <paramref name="time"/>.</summary>
    public static MessageId FirstAt(DateTimeOffset time) => new((ulong)time.ToUnixTimeMilliseconds() << 16, 0);

    public static bool TryParse(ReadOnlySpan<char> text, out MessageId id)
    {
        var ok = Ulid.TryParse(text, out var ulid);
        id = ok ? From(ulid) : default;
        return ok;
    }

    public int CompareTo(MessageId other) => (High, Low).CompareTo((other.High, other.Low));

    /// <summary>The 26 characters of the ULID in upper case; they sort as the ids do.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new Ulid(bytes).ToString();
    }

    private static MessageId From(Ulid ulid)
    {
        Span<byte> bytes = stackalloc byte[16];
        ulid.TryWriteBytes(bytes);
        return new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public static bool operator <(MessageId left, MessageId right) => left.CompareTo(right) < 0;

    public static bool operator >(MessageId left, MessageId right) => left.CompareTo(right) > 0;

    public static bool operator <=(MessageId left, MessageId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MessageId left, MessageId right) => left.CompareTo(right) >= 0;
}
