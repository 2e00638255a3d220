using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row of a partition <c>work!00..3f</c>: background work and when to look after it.</summary>
internal sealed record WorkRow(string Item, DateTimeOffset Due)
{
    private const byte Format = 1;

    public ReadOnlyMemory<byte> Encode() => new RecordWriter(Format, 64).Text(Item).Time(Due).ToMemory();

    public static WorkRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        return new(record.Text(), record.Time());
    }
}
