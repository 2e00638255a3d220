using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row <c>i!messageId</c> of a mailbox: a message, or the tombstone of a deleted one, which keeps a late retry from bringing it back.</summary>
/// <param name="Sequence">Its place in the order of arrival.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="DeliveredTo">The address it was sent to.</param>
internal sealed record EntryRow(long Sequence, BodyRef Body, string DeliveredTo)
{
    private const byte Format = 1;

    /// <summary>The value of a tombstone.</summary>
    public static readonly ReadOnlyMemory<byte> Tombstone = new RecordWriter(Format, 2).Bool(false).ToMemory();

    /// <summary>Exact octets as a client receives them.</summary>
    public long Size => SizeOf(Body, DeliveredTo);

    public static long SizeOf(BodyRef body, string deliveredTo) => body.Size + DeliveredToField.Length(deliveredTo);

    public ReadOnlyMemory<byte> Encode() =>
        new RecordWriter(Format).Bool(true).Number(Sequence).Body(Body).Text(DeliveredTo).ToMemory();

    /// <summary>The entry, or null for a tombstone.</summary>
    public static EntryRow? Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        return record.Bool() ? new(record.Number(), record.Body(), record.Text()) : null;
    }
}
