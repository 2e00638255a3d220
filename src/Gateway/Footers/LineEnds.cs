namespace Orleans.Mail.Gateway.Footers;

/// <summary>Lines of texts in octets.</summary>
internal static class LineEnds
{
    /// <summary>Octets of a line without its CRLF (RFC 5322 2.1.1).</summary>
    public const int MaxLine = 998;

    /// <summary>Whether the last line is ended.</summary>
    public static bool IsClosed(ReadOnlySpan<byte> text) => text.IsEmpty || text[^1] == '\n';

    /// <summary>What must follow a text so that an empty line ends it. An empty text needs none.</summary>
    public static string ToEmptyLine(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return "";
        if (!IsClosed(text))
            return "\r\n\r\n";
        text = text[..^1].TrimEnd((byte)'\r');
        return IsClosed(text) ? "" : "\r\n";
    }

    public static int LongestLine(ReadOnlySpan<byte> text)
    {
        var longest = 0;
        foreach (var line in text.Split((byte)'\n'))
            longest = Math.Max(longest, text[line].TrimEnd((byte)'\r').Length);
        return longest;
    }
}
