using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orleans.Mail.Grains;

/// <summary>The part of a report that people read: a template with its placeholders filled in.</summary>
internal sealed partial class ReportText(Report report, string host, int maxNamed)
{
    private const int MaxSubject = 200;
    private const int Width = 76;

    /// <summary>Fills in what a template asks for in braces; words that are not known stay as they are. Lines end with CRLF.</summary>
    public string Fill(string template)
    {
        // One pass: what is filled in is never looked at again.
        var text = Placeholder().Replace(template, match => ValueOf(match.Groups[1].Value) ?? match.Value);
        return text.ReplaceLineEndings("\r\n");
    }

    private string? ValueOf(string name) => name switch
    {
        "host" => host,
        "sender" => report.Sender,
        "subject" => Subject(),
        "date" => Date(report.Arrived),
        "message-id" => report.OriginalId,
        "recipients" => Recipients(static (text, recipient) => Describe(text, recipient)),
        "addresses" => Recipients(static (text, recipient) => text.Append("  ").Append(recipient.Address).Append('\n')),
        "reason" => string.Join('\n', report.Recipients.Select(ReportReasons.Of).Distinct(StringComparer.Ordinal)),
        "until" => report.Until is { } until ? Date(until) : "",
        _ => null,
    };

    private string Subject() =>
        report.Subject.Length == 0 ? "(none)"
        : report.Subject.Length <= MaxSubject ? report.Subject
        : report.Subject[..MaxSubject] + "...";

    private string Recipients(Action<StringBuilder, ReportedRecipient> describe)
    {
        var text = new StringBuilder();
        foreach (var recipient in report.Recipients.DistinctBy(static recipient => (recipient.Address, recipient.Status)).Take(maxNamed))
            describe(text, recipient);
        if (report.Recipients.Count > maxNamed)
            text.Append(CultureInfo.InvariantCulture, $"  ... and {report.Recipients.Count - maxNamed} more, which the next part names\n");
        return text.ToString().TrimEnd('\n');
    }

    private static void Describe(StringBuilder text, ReportedRecipient recipient)
    {
        text.Append("  ").Append(recipient.Address).Append('\n');
        Wrap(text, ReportReasons.Of(recipient), "    ");
        if (recipient is { Status.IsReply: true, Kind: ReportKind.Failed or ReportKind.Delayed })
        {
            text.Append("    ").Append(recipient.Host.Length > 0 ? recipient.Host : "The other mail server").Append(" said:\n");
            Wrap(text, recipient.Status.Text, "      ");
        }

        text.Append('\n');
    }

    private static void Wrap(StringBuilder text, string words, string indent)
    {
        var line = indent.Length;
        text.Append(indent);
        foreach (var word in words.Split(' '))
        {
            if (line > indent.Length && line + 1 + word.Length > Width)
            {
                text.Append('\n').Append(indent);
                line = indent.Length;
            }

            if (line > indent.Length)
                text.Append(' ');
            text.Append(word);
            line += word.Length + 1;
        }

        text.Append('\n');
    }

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("ddd, d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{([a-z-]+)\}")]
    private static partial Regex Placeholder();
}
