using System.Buffers.Binary;
using System.Text;

namespace Orleans.Mail.Storage;

/// <summary>Reads what <see cref="RecordWriter"/> wrote. A record that ends too early or has an unknown version is <see cref="InvalidDataException"/>.</summary>
public ref struct RecordReader
{
    private ReadOnlySpan<byte> rest;

    /// <param name="record">The row's value.</param>
    /// <param name="newest">The newest version that the caller reads.</param>
    public RecordReader(ReadOnlySpan<byte> record, byte newest)
    {
        rest = record;
        Version = Byte();
        if (Version == 0 || Version > newest)
            throw new InvalidDataException($"record format {Version} is not known here (newest: {newest})");
    }

    /// <summary>The format that the record was written in.</summary>
    public byte Version { get; }

    public readonly bool AtEnd => rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var octet = Byte();
            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
                return (long)value;
        }

        throw new InvalidDataException("a number is too long");
    }

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public string Text() => Encoding.UTF8.GetString(Take((int)Number()));

    public byte[] Bytes() => Take((int)Number()).ToArray();

    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Number());

    public MessageId Message() => new(Fixed64(), Fixed64());

    public BodyRef Body() => new(Fixed64(), Fixed64(), Number(), (BodyPlace)Byte(), Bool());

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)rest.Length)
            throw new InvalidDataException("the record ends too early");
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
