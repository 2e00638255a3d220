using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>A program with its arguments, as an alias names it: <c>/usr/bin/program -d "two words"</c>. No shell reads it.</summary>
/// <param name="Program">The first word.</param>
/// <param name="Arguments">The others.</param>
internal sealed record PipeCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// Splits at spaces and tabs; single and double quotes keep them, and a backslash within double quotes the next quote
    /// or backslash. False when there is no word, or a quote is not closed.
    /// </summary>
    public static bool TryParse(string text, out PipeCommand command)
    {
        command = null!;
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && c is ' ' or '\t')
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
                continue;
            }

            inWord = true;
            if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else if (c == quote)
                quote = '\0';
            else if (quote == '"' && c == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\')
                word.Append(text[++i]);
            else
                word.Append(c);
        }

        if (quote != '\0' || text.Contains('\0', StringComparison.Ordinal))
            return false;
        if (inWord)
            words.Add(word.ToString());
        if (words.Count == 0)
            return false;
        command = new PipeCommand(words[0], words[1..]);
        return true;
    }
}
