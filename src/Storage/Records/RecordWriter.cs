using System.Buffers;
using System.Text;

namespace Orleans.Mail.Storage;

/// <summary>
/// Writes a row's value: a format version first, then fields in a fixed order. A new format may only add fields at the
/// end and raises the version; a release writes only formats that the release before it reads.
/// </summary>
public sealed class RecordWriter
{
    private readonly ArrayBufferWriter<byte> buffer;

    public RecordWriter(byte version, int capacity = 128)
    {
        buffer = new ArrayBufferWriter<byte>(capacity);
        Byte(version);
    }

    public RecordWriter Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
        return this;
    }

    public RecordWriter Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A non-negative number in 1 to 10 octets (LEB128).</summary>
    public RecordWriter Number(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        return Byte((byte)rest);
    }

    /// <summary>Eight octets, big-endian: for ids, whose bits are all used.</summary>
    public RecordWriter Fixed64(ulong value)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
        return this;
    }

    public RecordWriter Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, buffer);
        return this;
    }

    public RecordWriter Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        buffer.Write(value);
        return this;
    }

    /// <summary>A time after 1970, to the millisecond.</summary>
    public RecordWriter Time(DateTimeOffset value) => Number(value.ToUnixTimeMilliseconds());

    public RecordWriter Message(MessageId value) => Fixed64(value.High).Fixed64(value.Low);

    public RecordWriter Body(BodyRef value) =>
        Fixed64(value.High).Fixed64(value.Low).Number(value.Size).Byte((byte)value.Place).Bool(value.Shared);

    public ReadOnlyMemory<byte> ToMemory() => buffer.WrittenMemory;
}
