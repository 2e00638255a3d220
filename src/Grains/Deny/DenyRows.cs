using System.Globalization;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Where deny entries are: partition <c>deny!kind</c> with a row <c>e!entry</c> for each and the log of the changes,
/// <c>v!version</c>. A version is inserted in the commit of its changes, so two writers never make the same one.
/// </summary>
internal static class DenyRows
{
    public const string Entries = "e!";
    public const string Versions = "v!";
    private const byte Format = 1;

    /// <summary>An entry's record: its key says all.</summary>
    public static ReadOnlyMemory<byte> EntryValue { get; } = new RecordWriter(Format).ToMemory();

    public static string Partition(string kind) => "deny!" + KeyText.Escape(kind);

    public static string Entry(string entry) => Entries + KeyText.Escape(entry);

    public static string EntryOf(string key) => KeyText.Unescape(key[Entries.Length..]);

    public static string Version(long version) => Versions + version.ToString("x16", CultureInfo.InvariantCulture);

    public static long VersionOf(string key) => long.Parse(key.AsSpan(Versions.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<DenyChange> changes)
    {
        var record = new RecordWriter(Format).Number(changes.Count);
        foreach (var change in changes)
            record.Bool(change.Added).Text(change.Entry);
        return record.ToMemory();
    }

    public static void Decode(ReadOnlyMemory<byte> value, List<DenyChange> changes)
    {
        var record = new RecordReader(value.Span, Format);
        for (var count = record.Number(); count > 0; count--)
        {
            var added = record.Bool();
            changes.Add(new DenyChange(record.Text(), added));
        }
    }
}
