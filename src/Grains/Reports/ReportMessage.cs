using System.Buffers;
using System.Text;
using MimeKit;

namespace Orleans.Mail.Grains;

/// <summary>Makes a report a message (RFC 6522, RFC 3464, RFC 6533).</summary>
internal static class ReportMessage
{
    private const int MaxSubject = 120;
    private const int MaxOriginalId = 900; // with its field's name it must fit into a line (RFC 5322 2.1.1)

    /// <summary>What an id may hold to be repeated: printable, and nothing that is a sign of its own in a list of ids but the brackets of a literal.</summary>
    private static readonly SearchValues<char> OfIds = SearchValues.Create(
        "!#$%&'*+-./0123456789:=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The message as it is stored, which begins with its Return-Path.</summary>
    /// <param name="report">What is told.</param>
    /// <param name="text">The part that people read, with CRLF.</param>
    /// <param name="original">The message that it is about.</param>
    /// <param name="isWhole">The whole message is returned, else its header.</param>
    /// <param name="host">Who tells it.</param>
    /// <param name="now">The time.</param>
    public static WrittenReport Write(Report report, string text, OriginalMessage original, bool isWhole, string host, DateTimeOffset now)
    {
        // Only a recipient that cannot be written otherwise makes the report itself one of RFC 6532.
        var isInternational = !Ascii.IsValid(report.Sender);
        using var message = new MimeMessage();
        message.Headers.Clear();
        message.Headers.Add(HeaderId.From, $"Mail Delivery System <MAILER-DAEMON@{host}>");
        if (MailboxAddress.TryParse(report.Sender, out var sender))
            message.To.Add(sender);
        else
            message.Headers.Add(HeaderId.To, $"<{report.Sender}>"); // whatever it is, mail came from it
        message.Headers.Add(HeaderId.Subject, SubjectOf(report));
        message.Date = now;
        message.MessageId = $"{report.Id}@{host}";
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-replied"); // RFC 3834 3.1.7
        if (report.OriginalId.Length is > 0 and <= MaxOriginalId && !report.OriginalId.AsSpan().ContainsAnyExcept(OfIds))
        {
            message.Headers.Add(HeaderId.InReplyTo, $"<{report.OriginalId}>");
            message.Headers.Add(HeaderId.References, $"<{report.OriginalId}>");
        }

        message.Body = new MultipartReport("delivery-status")
        {
            PartOf("text", "plain", Encoding.UTF8.GetBytes(text), isInternational),
            StatusOf(report, host, isInternational),
            OriginalOf(original, isWhole, isInternational),
        };
        ((Multipart)message.Body).Boundary = $"=_{report.Id}";

        using var stream = new MemoryStream();
        stream.Write("Return-Path: <>\r\n"u8); // RFC 5321 4.4
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = isInternational;
        message.WriteTo(format, stream);
        var octets = stream.ToArray();
        return new WrittenReport(octets, Is8Bit: !Ascii.IsValid(octets), isInternational);
    }

    private static string SubjectOf(Report report)
    {
        var subject = report.Kind switch
        {
            ReportKind.Failed => "Your mail could not be delivered",
            ReportKind.Delayed => "Your mail is delayed",
            _ => "Your mail has arrived",
        };
        if (report.Subject.Length == 0)
            return subject;
        return $"{subject}: {(report.Subject.Length <= MaxSubject ? report.Subject : report.Subject[..MaxSubject] + "...")}";
    }

    private static MimePart StatusOf(Report report, string host, bool isInternational)
    {
        var octets = Encoding.UTF8.GetBytes(DeliveryStatus.Write(report, host));
        return PartOf("message", Ascii.IsValid(octets) ? "delivery-status" : "global-delivery-status", octets, isInternational);
    }

    private static MimePart OriginalOf(OriginalMessage original, bool isWhole, bool isInternational)
    {
        var isGlobal = OriginalMessage.IsInternational(original.Header.Span);
        if (!isWhole)
            return isGlobal
                ? PartOf("message", "global-headers", original.Header.Span, isInternational)
                : PartOf("text", "rfc822-headers", original.Header.Span, takes8Bit: false);

        // A message in a message is never encoded (RFC 2046 5.2.1); its octets may be any 8-bit text.
        return PartOf("message", isGlobal ? "global" : "rfc822", original.Octets.Span, takes8Bit: true);
    }

    private static MimePart PartOf(string type, string subtype, ReadOnlySpan<byte> octets, bool takes8Bit)
    {
        var part = new MimePart(type, subtype)
        {
            Content = new MimeContent(new MemoryStream(octets.ToArray(), writable: false)),
            ContentTransferEncoding =
                !OriginalMessage.HasPlainLines(octets) ? ContentEncoding.QuotedPrintable
                : Ascii.IsValid(octets) ? ContentEncoding.SevenBit
                : takes8Bit ? ContentEncoding.EightBit
                : ContentEncoding.QuotedPrintable,
        };
        if (subtype == "plain")
            part.ContentType.Charset = "utf-8";
        return part;
    }
}

/// <param name="Octets">The message as it is stored.</param>
/// <param name="Is8Bit">It holds octets over 127.</param>
/// <param name="IsUtf8">It can only travel with SMTPUTF8.</param>
internal sealed record WrittenReport(byte[] Octets, bool Is8Bit, bool IsUtf8);
