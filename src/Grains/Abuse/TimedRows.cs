using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Where timed entries are: partition <c>timed!list</c> with a row <c>e!subject</c> for each, and <c>head</c>, which is
/// replaced in every commit, so that a stale activation cannot write.
/// </summary>
internal static class TimedRows
{
    public const string Entries = "e!";
    public const string Head = "head";
    private const byte Format = 1;

    /// <summary>The record of the head: its version says all.</summary>
    public static ReadOnlyMemory<byte> HeadValue { get; } = new RecordWriter(Format).ToMemory();

    public static string Partition(string list) => "timed!" + KeyText.Escape(list);

    public static string Key(string subject) => Entries + KeyText.Escape(subject);

    public static string SubjectOf(string key) => KeyText.Unescape(key[Entries.Length..]);

    public static ReadOnlyMemory<byte> Encode(TimedEntry entry) => new RecordWriter(Format).Time(entry.Until).Text(entry.Reason).ToMemory();

    public static TimedEntry Decode(Row row)
    {
        var record = new RecordReader(row.Value.Span, Format);
        return new TimedEntry(SubjectOf(row.Key), record.Time(), record.Text());
    }
}
