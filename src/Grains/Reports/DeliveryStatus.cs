using System.Globalization;
using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>The part of a report for programs (RFC 3464 2.1; with UTF-8: RFC 6533 4).</summary>
internal static class DeliveryStatus
{
    /// <summary>Characters of a line before it is folded, where it has a space.</summary>
    private const int Width = 76;

    /// <summary>Lines of fields, a group for the message and one for each recipient.</summary>
    /// <param name="report">What is told.</param>
    /// <param name="host">Who tells it.</param>
    public static string Write(Report report, string host)
    {
        var text = new StringBuilder();
        Field(text, "Reporting-MTA", $"dns; {host}");
        if (report.EnvelopeId.Length > 0)
            Field(text, "Original-Envelope-Id", report.EnvelopeId);
        Field(text, "Arrival-Date", Date(report.Arrived));
        foreach (var recipient in report.Recipients)
        {
            text.Append("\r\n");
            Write(text, recipient);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, ReportedRecipient recipient)
    {
        if (recipient.Original.Length > 0)
            Field(text, "Original-Recipient", recipient.Original);
        Field(text, "Final-Recipient", $"{(Ascii.IsValid(recipient.Address) ? "rfc822" : "utf-8")}; {recipient.Address}");
        Field(text, "Action", recipient.Action);
        Field(text, "Status", recipient.Status.Code);
        if (recipient.Host.Length > 0)
            Field(text, "Remote-MTA", $"dns; {recipient.HostName}");
        if (recipient.Status.Text.Length > 0)
            Field(text, "Diagnostic-Code", $"{(recipient.Status.IsReply ? "smtp" : "X-Orleans-Mail")}; {recipient.Status.Text}");
        if (recipient.LastAttempt is { } last)
            Field(text, "Last-Attempt-Date", Date(last));
        if (recipient.Until is { } until)
            Field(text, "Will-Retry-Until", Date(until));
    }

    private static void Field(StringBuilder text, string name, string value)
    {
        text.Append(name).Append(": ");
        var line = name.Length + 2;
        var isFirst = true;
        foreach (var word in value.Split(' '))
        {
            if (!isFirst && line + 1 + word.Length > Width)
            {
                text.Append("\r\n ");
                line = 1;
            }
            else if (!isFirst)
            {
                text.Append(' ');
                line++;
            }

            text.Append(word);
            line += word.Length;
            isFirst = false;
        }

        text.Append("\r\n");
    }

    /// <summary>A date of RFC 5322 3.3.</summary>
    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
