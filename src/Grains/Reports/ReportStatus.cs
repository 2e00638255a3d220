using System.Globalization;
using System.Text.RegularExpressions;

namespace Orleans.Mail.Grains;

/// <summary>What an entry's status says, taken apart: <c>5.1.1 550 5.1.1 no such user</c>.</summary>
/// <param name="Code">The enhanced status code (RFC 3463), whose class fits what happened.</param>
/// <param name="Text">What follows the code; printable, one line.</param>
/// <param name="IsReply">The text is another host's reply.</param>
internal sealed partial record ReportStatus(string Code, string Text, bool IsReply)
{
    /// <summary>It was decided here, not by another host.</summary>
    public bool IsOwnRule => !IsReply && Code.AsSpan(2).StartsWith("7.", StringComparison.Ordinal);

    /// <summary>Characters of a text: a reply may have many lines.</summary>
    private const int MaxText = 700;

    private const string Expired = "4.7";
    private const string MailboxFull = "2.2";

    /// <summary>What is reported of an entry.</summary>
    public static ReportStatus Of(QueueEntry entry)
    {
        var (code, text) = Split(entry.Status);
        var isExpired = IsExpired(code);
        if (isExpired)
            (code, text) = OfExpired(entry, text);
        return new ReportStatus(Fit(code, entry.Report, isExpired), Clean(text), ReplyLike().IsMatch(text));
    }

    /// <summary>
    /// Its time is over (RFC 3463 3.5, X.4.7). What the last attempt ended with says more, and a mailbox that has been full
    /// all the time is just that (X.2.2). Both are of class 4: a message that is sent anew may succeed.
    /// </summary>
    private static (string Code, string Text) OfExpired(QueueEntry entry, string text)
    {
        var (lastCode, lastText) = LastAnswer(entry, text);
        return lastCode.EndsWith("." + MailboxFull, StringComparison.Ordinal) ? ("4." + MailboxFull, lastText) : ("4." + Expired, lastText);
    }

    private static (string Code, string Text) LastAnswer(QueueEntry entry, string text)
    {
        for (var i = entry.History.Count - 1; i >= 0; i--)
        {
            var (code, answer) = Split(entry.History[i].Status);
            if (code.Length > 0 && !IsExpired(code))
                return (code, answer);
        }

        var inside = CodeInside().Match(text);
        return inside.Success ? (inside.Groups[1].Value, text[(inside.Index + inside.Length)..].Trim()) : ("", text);
    }

    private static bool IsExpired(string code) => code.EndsWith("." + Expired, StringComparison.Ordinal);

    private static (string Code, string Text) Split(string status)
    {
        var match = CodeAtStart().Match(status);
        return match.Success ? (match.Groups[1].Value, status[match.Length..].Trim()) : ("", status.Trim());
    }

    // A failure is of class 5, unless the message as such may be sent again; whatever else there is says so itself.
    private static string Fit(string code, ReportKind kind, bool mayBeSentAgain)
    {
        var fitting = kind switch
        {
            ReportKind.Failed when mayBeSentAgain => '4',
            ReportKind.Failed => '5',
            ReportKind.Delayed => '4',
            _ => '2',
        };
        if (code.Length > 0 && code[0] == fitting)
            return code;
        return code.Length == 0 || code[0] == '2' || fitting == '2'
            ? string.Create(CultureInfo.InvariantCulture, $"{fitting}.0.0")
            : string.Create(CultureInfo.InvariantCulture, $"{fitting}{code.AsSpan(1)}");
    }

    /// <summary>One line of printable characters.</summary>
    internal static string Clean(string text)
    {
        var line = Blank().Replace(text, " ").Trim();
        line = string.Concat(line.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return line.Length <= MaxText ? line : line[..MaxText] + "...";
    }

    [GeneratedRegex(@"^\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)\s*")]
    private static partial Regex CodeAtStart();

    [GeneratedRegex(@"(?<!\S)([245]\.\d{1,3}\.\d{1,3})(?!\S)")]
    private static partial Regex CodeInside();

    [GeneratedRegex(@"^[2-5]\d\d(?![^\s-])")]
    private static partial Regex ReplyLike();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
