namespace Orleans.Mail.Gateway.Footers;

/// <summary>Finds where the visible part of an HTML text ends.</summary>
internal static class HtmlEnd
{
    /// <summary>
    /// Before the last end of the body that is no comment; without one before the end of the document, before a comment
    /// that does not end, or at the end.
    /// </summary>
    public static int Find(ReadOnlySpan<byte> html)
    {
        int? body = null, document = null, open = null;
        for (var at = Next(html, 0); at < html.Length; at = Next(html, at + 1))
        {
            var rest = html[at..];
            if (rest.StartsWith("<!--"u8))
            {
                var end = rest.IndexOf("-->"u8);
                if (end < 0)
                {
                    open = at;
                    break;
                }

                at += end;
            }
            else if (Begins(rest, "</body"u8))
            {
                body = at;
            }
            else if (Begins(rest, "</html"u8))
            {
                document = at;
            }
        }

        return body ?? document ?? open ?? html.Length;
    }

    private static int Next(ReadOnlySpan<byte> html, int from)
    {
        var next = from < html.Length ? html[from..].IndexOf((byte)'<') : -1;
        return next < 0 ? html.Length : from + next;
    }

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> tag) =>
        text.Length > tag.Length
        && System.Text.Ascii.EqualsIgnoreCase(text[..tag.Length], tag)
        && text[tag.Length] is (byte)'>' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'/';
}
