using System.Globalization;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// What a session deleted. As row <c>x!token!part</c> it hides its messages while their entries and bodies still are
/// there; as row <c>t!token!part</c> it lists the tombstones that are left, until they expire.
/// </summary>
/// <param name="Expires">When the row and its tombstones may go.</param>
/// <param name="Ids">The messages, packed 16 octets each.</param>
internal sealed record QuitRow(DateTimeOffset Expires, IReadOnlyList<MessageId> Ids)
{
    /// <summary>The prefix of QUITs that are not worked off.</summary>
    public const string Pending = "x!";

    /// <summary>The prefix of QUITs of which only tombstones are left.</summary>
    public const string Worked = "t!";

    /// <summary>Ids of one row: their 480,000 octets keep the limit of a value.</summary>
    public const int IdsPerRow = 30_000;

    /// <summary>Rows of one commit: they keep the limit of a batch.</summary>
    public const int RowsPerCommit = 4;

    private const byte Format = 1;

    public static string Key(string prefix, MessageId token, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{token}!{part:0000}");

    /// <summary>The key <c>t!…</c> that follows a key <c>x!…</c>.</summary>
    public static string WorkedKey(string pendingKey) => Worked + pendingKey[Pending.Length..];

    public ReadOnlyMemory<byte> Encode()
    {
        var record = new RecordWriter(Format, 16 + (Ids.Count * 16)).Time(Expires).Number(Ids.Count);
        foreach (var id in Ids)
            record.Message(id);
        return record.ToMemory();
    }

    public static QuitRow Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        var expires = record.Time();
        var ids = new MessageId[record.Number()];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = record.Message();
        return new(expires, ids);
    }
}
