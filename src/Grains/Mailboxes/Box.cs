using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The row <c>box</c> of a mailbox. Every commit of the mailbox replaces it by ETag, so a stale activation can write
/// nothing, and the counts are exact. A mailbox without the row is empty: the first delivery creates it.
/// </summary>
/// <param name="Epoch">Leases of an earlier epoch are void. A take-over and a QUIT that deletes start a new one.</param>
/// <param name="Sequence">The number of the last arrival.</param>
/// <param name="Messages">Messages in the mailbox.</param>
/// <param name="Bytes">Their octets as clients receive them.</param>
/// <param name="ClosedAt">When the mailbox was closed for ever.</param>
internal sealed record Box(long Epoch, long Sequence, long Messages, long Bytes, DateTimeOffset? ClosedAt)
{
    public const string Key = "box";
    private const byte Format = 1;

    public static readonly Box Empty = new(0, 0, 0, 0, null);

    public bool Closed => ClosedAt is not null;

    public MailboxUsage Usage => new(Messages, Bytes);

    public ReadOnlyMemory<byte> Encode()
    {
        var record = new RecordWriter(Format, 32)
            .Number(Epoch).Number(Sequence).Number(Messages).Number(Bytes).Bool(Closed);
        return ClosedAt is { } at ? record.Time(at).ToMemory() : record.ToMemory();
    }

    public static Box Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        return new(record.Number(), record.Number(), record.Number(), record.Number(), record.Bool() ? record.Time() : null);
    }
}
