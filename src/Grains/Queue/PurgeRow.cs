using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A row in the purge lane: the keys of entries that ended in one commit, and go in one.</summary>
internal static class PurgeRow
{
    private const byte Format = 1;

    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<string> keys)
    {
        var record = new RecordWriter(Format, 64 * keys.Count).Number(keys.Count);
        foreach (var key in keys)
            record.Text(key);
        return record.ToMemory();
    }

    public static string[] Decode(ReadOnlyMemory<byte> value)
    {
        var record = new RecordReader(value.Span, Format);
        var keys = new string[(int)record.Number()];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = record.Text();
        return keys;
    }
}
