using System.Text;
using MimeKit.Text;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>
/// A text reduced to its words, so that a footer is found again when a reply has quoted it, wrapped it anew or put it
/// into other HTML. It is found only where it begins and ends with a line.
/// </summary>
public sealed class SearchableText
{
    private readonly StringBuilder words = new();
    private readonly HashSet<int> lineStarts = [];
    private string? joined;

    private SearchableText()
    {
    }

    public bool IsEmpty => words.Length == 0;

    public static SearchableText OfPlain(string text)
    {
        var searchable = new SearchableText();
        searchable.Add(text);
        return searchable;
    }

    public static SearchableText OfHtml(string html)
    {
        var text = new StringBuilder();
        var tokenizer = new HtmlTokenizer(new StringReader(html));
        while (tokenizer.ReadNextToken(out var token))
        {
            if (token is HtmlTagToken tag && !IsInline(tag.Id))
                text.Append('\n');
            else if (token is HtmlDataToken { Kind: HtmlTokenKind.Data } data)
                text.Append(data.Data);
        }

        return OfPlain(text.ToString());
    }

    /// <summary>Adds lines at the end.</summary>
    public void Add(string text)
    {
        joined = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var rest = line.TrimStart("> \t\u00a0");
            if (!rest.IsWhiteSpace())
                lineStarts.Add(words.Length);
            while (!(rest = rest.TrimStart()).IsEmpty)
            {
                var length = 1;
                while (length < rest.Length && !char.IsWhiteSpace(rest[length]))
                    length++;
                words.Append(rest[..length]).Append(' ');
                rest = rest[length..];
            }
        }
    }

    public bool Contains(SearchableText other)
    {
        var text = joined ??= words.ToString();
        var searched = other.words.ToString();
        for (var at = 0; (at = text.IndexOf(searched, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var end = at + searched.Length;
            if (lineStarts.Contains(at) && (end == text.Length || lineStarts.Contains(end)))
                return true;
        }

        return false;
    }

    private static bool IsInline(HtmlTagId tag) =>
        tag is HtmlTagId.A or HtmlTagId.B or HtmlTagId.EM or HtmlTagId.Font or HtmlTagId.I or HtmlTagId.Small or HtmlTagId.Span or HtmlTagId.Strong or HtmlTagId.U;
}
