using System.Text;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>
/// Splits a line into its words: parted by spaces or tabs, a whole word or the value after its <c>=</c> may stand in
/// quotes, in which <c>\"</c> and <c>\\</c> are the quote and the backslash. Elsewhere a backslash is a backslash.
/// </summary>
internal static class ManageTokens
{
    /// <summary>Returns null, or why the line is malformed.</summary>
    public static string? TrySplit(string line, List<string> tokens)
    {
        for (var at = 0; at < line.Length;)
        {
            if (IsSpace(line[at]))
            {
                at++;
                continue;
            }

            var token = new StringBuilder();
            if (ReadToken(line, ref at, token) is { } fault)
                return fault;
            tokens.Add(token.ToString());
        }

        return null;
    }

    private static string? ReadToken(string line, ref int at, StringBuilder token)
    {
        var mayQuote = true;
        var hasKey = false;
        for (; at < line.Length && !IsSpace(line[at]); at++)
        {
            var c = line[at];
            if (c == '"')
                return mayQuote ? ReadQuoted(line, ref at, token) : ManageTexts.QuoteMisplaced;
            if (char.IsControl(c))
                return ManageTexts.ControlCharacter;
            mayQuote = c == '=' && !hasKey;
            hasKey |= c == '=';
            token.Append(c);
        }

        return null;
    }

    private static string? ReadQuoted(string line, ref int at, StringBuilder token)
    {
        while (++at < line.Length && line[at] != '"')
        {
            if (char.IsControl(line[at]))
                return ManageTexts.ControlCharacter;
            if (line[at] == '\\' && at + 1 < line.Length && line[at + 1] is '"' or '\\')
                at++;
            token.Append(line[at]);
        }

        if (at >= line.Length)
            return ManageTexts.QuoteNotClosed;
        at++;
        return at == line.Length || IsSpace(line[at]) ? null : ManageTexts.QuoteMisplaced;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t';
}
