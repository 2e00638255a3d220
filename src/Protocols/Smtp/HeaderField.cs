using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>Where a field stands in a header section, with its folded lines (RFC 5322 2.2).</summary>
/// <param name="Start">Its first octet.</param>
/// <param name="Length">Octets with its last CRLF.</param>
/// <param name="Name">Its name in lower case.</param>
internal readonly record struct HeaderField(int Start, int Length, string Name)
{
    /// <summary>From, Sender, Reply-To, To, Cc or Bcc.</summary>
    public bool HoldsAddresses => Name is "from" or "sender" or "reply-to" or "to" or "cc" or "bcc";

    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, Name);

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> header) => header.Slice(Start, Length);

    /// <summary>Whether a line with its CRLF goes on with a header section: it begins a field, or is the next line of one.</summary>
    public static bool MayContinue(ReadOnlySpan<byte> line, bool isFirst) => line[0] is (byte)' ' or (byte)'\t' ? !isFirst : NameLength(line) > 0;

    /// <summary>The fields of a header section whose lines may all stand in one.</summary>
    public static List<HeaderField> Split(ReadOnlySpan<byte> header)
    {
        var fields = new List<HeaderField>();
        for (var start = 0; start < header.Length;)
        {
            var end = EndOfLine(header, start);
            while (end < header.Length && header[end] is (byte)' ' or (byte)'\t')
                end = EndOfLine(header, end);
            var name = Encoding.ASCII.GetString(header.Slice(start, NameLength(header[start..]))).ToLowerInvariant();
            fields.Add(new(start, end - start, name));
            start = end;
        }

        return fields;
    }

    private static int EndOfLine(ReadOnlySpan<byte> header, int start) => start + header[start..].IndexOf((byte)'\n') + 1;

    // RFC 5322 2.2: printable ASCII up to the colon; white space before the colon is obsolete, and taken (4.5). 0 = it is none.
    private static int NameLength(ReadOnlySpan<byte> line)
    {
        var length = line.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
            return 0;
        if (length < 0 || colon < length)
            return colon;
        return line[length..colon].Trim(" \t"u8).IsEmpty ? length : 0;
    }
}
