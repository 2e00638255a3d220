using System.Globalization;
using System.Text;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>A domain's footer, as it stands in plain text and in HTML.</summary>
public sealed class FooterText
{
    private const string SignatureMark = "-- "; // RFC 3676 4.3: its space belongs to it

    private readonly string[] lines;
    private readonly SearchableText searchable;

    private FooterText(string[] lines)
    {
        this.lines = lines;
        searchable = SearchableText.OfPlain(string.Join('\n', lines));
    }

    /// <summary>Takes the text of a footer file. Null when it says nothing.</summary>
    public static FooterText? Parse(string text)
    {
        var lines = text.TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n').Select(Trim).ToList();
        while (lines is [.., ""])
            lines.RemoveAt(lines.Count - 1);
        var first = lines.FindIndex(line => line.Length > 0);
        if (first < 0)
            return null;
        var footer = new FooterText([.. lines[first..]]);
        return footer.searchable.IsEmpty ? null : footer;
    }

    /// <summary>Whether a text has this footer already, perhaps quoted or wrapped by a reply.</summary>
    public bool IsIn(SearchableText text) => text.Contains(searchable);

    /// <summary>The lines of plain text, each with its CRLF.</summary>
    /// <param name="flowed">The text is format=flowed, where some first characters need a space before them (RFC 3676 4.4).</param>
    public string ToPlain(bool flowed)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (flowed && (line.StartsWith(' ') || line.StartsWith('>') || line.StartsWith("From ", StringComparison.Ordinal)))
                text.Append(' ');
            text.Append(line).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>A block of HTML in ASCII, so that it fits every charset.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder("<div><br>\r\n");
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                html.Append("<br>\r\n");
            foreach (var rune in lines[i].EnumerateRunes())
                AppendHtml(html, rune);
        }

        return html.Append("</div>\r\n").ToString();
    }

    private static string Trim(string line) => line == SignatureMark ? line : line.TrimEnd();

    private static void AppendHtml(StringBuilder html, Rune rune)
    {
        switch (rune.Value)
        {
            case '<':
                html.Append("&lt;");
                break;
            case '>':
                html.Append("&gt;");
                break;
            case '&':
                html.Append("&amp;");
                break;
            case < 0x80:
                html.Append((char)rune.Value);
                break;
            default:
                html.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");
                break;
        }
    }
}
