using System.Text;
using MimeKit;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>
/// A text of a message with its content at hand, and the changes that put footers on it. Only what must change does: the
/// footer comes between the octets of a text that can take it, else the text is encoded anew.
/// </summary>
internal sealed class BodyText
{
    private readonly MimeNode part;
    private readonly byte[] content;
    private readonly TransferEncoding transfer;
    private readonly TextCharset charset;
    private readonly byte[] text;
    private readonly bool isHtml;

    /// <param name="part">Where it stands.</param>
    /// <param name="content">Its content as it stands in the message, in its transfer encoding; of a long text the end of it.</param>
    public BodyText(MimeNode part, byte[] content)
    {
        this.part = part;
        this.content = content;
        isHtml = part.Is("text", "html");
        transfer = TransferEncodings.Parse(part.Header.Find(HeaderId.ContentTransferEncoding));
        charset = TextCharset.Of(part.Type);
        text = transfer.Decode(content);
    }

    /// <summary>Whether a text can be added to when only its end is known.</summary>
    public static bool IsOpenEnded(MimeNode part) =>
        part.Is("text", "plain") && TransferEncodings.Parse(part.Header.Find(HeaderId.ContentTransferEncoding)).IsIdentity();

    /// <summary>Whether it holds an OpenPGP message, whose signature a change would break.</summary>
    public bool HoldsPgp => PgpArmor.IsIn(text, anywhere: isHtml);

    /// <summary>The changes that put on it those of the footers that it does not have yet; null when it cannot take them.</summary>
    public IReadOnlyList<Splice>? Add(IReadOnlyList<FooterText> footers)
    {
        var missing = Missing(footers);
        if (missing.Count == 0)
            return [];
        if (transfer == TransferEncoding.Unknown)
            return null;
        if (charset.HoldsAscii && Insertion(text, charset, missing) is { } insertion)
            return Place(text, insertion, toUtf8: false);
        return charset.ToUtf8(text) is { } utf8 && Insertion(utf8, TextCharset.Utf8, missing) is { } converted
            ? Place(utf8, converted, toUtf8: true)
            : null;
    }

    private List<FooterText> Missing(IReadOnlyList<FooterText> footers)
    {
        var shown = charset.Show(text);
        var searchable = isHtml ? SearchableText.OfHtml(shown) : SearchableText.OfPlain(shown);
        var missing = new List<FooterText>();
        foreach (var footer in footers)
        {
            if (footer.IsIn(searchable))
                continue;
            missing.Add(footer);
            searchable.Add(footer.ToPlain(flowed: false));
        }

        return missing;
    }

    private Splice? Insertion(byte[] of, TextCharset target, List<FooterText> footers)
    {
        if (isHtml)
            return new(HtmlEnd.Find(of), 0, Encoding.ASCII.GetBytes(string.Concat(footers.Select(footer => footer.ToHtml()))));
        var flowed = "flowed".Equals(part.Type.Format, StringComparison.OrdinalIgnoreCase);
        var added = string.Join("\r\n", footers.Select(footer => footer.ToPlain(flowed)));
        // The line end before a boundary belongs to the boundary (RFC 2046 5.1.1).
        if (!part.IsRoot && !LineEnds.IsClosed(of))
            added = added[..^2];
        return target.Encode(LineEnds.ToEmptyLine(of) + added) is { } octets ? new(of.Length, 0, octets) : null;
    }

    private List<Splice>? Place(byte[] into, Splice insertion, bool toUtf8)
    {
        var changed = Insert(into, insertion);
        var written = transfer.IsIdentity() && !Fits(toUtf8 ? changed : insertion.With.Span) ? TransferEncoding.QuotedPrintable : transfer;
        if ((toUtf8 || !written.IsIdentity()) && content.Length < part.ContentLength)
            return null;
        var splices = new List<Splice>();
        if (toUtf8)
            splices.Add(part.Header.Set(HeaderId.ContentType, Utf8Type()));
        if (written != transfer)
            splices.Add(part.Header.Set(HeaderId.ContentTransferEncoding, " quoted-printable"));
        if (splices.Count > 0 && part.IsRoot && part.Header.Find(HeaderId.MimeVersion) is null)
            splices.Insert(0, part.Header.Set(HeaderId.MimeVersion, " 1.0"));
        splices.Add(written.IsIdentity() && !toUtf8
            ? insertion with { Offset = part.ContentEnd - content.Length + insertion.Offset }
            : new Splice(part.ContentStart, part.ContentLength, written.Encode(changed, LineEnds.IsClosed(content) || part.IsRoot)));
        return splices;
    }

    // RFC 2045 2.7, 2.8; RFC 5322 2.1.1
    private bool Fits(ReadOnlySpan<byte> octets) =>
        (transfer == TransferEncoding.EightBit || Ascii.IsValid(octets)) && LineEnds.LongestLine(octets) <= LineEnds.MaxLine;

    private string Utf8Type()
    {
        var type = new ContentType("text", isHtml ? "html" : "plain");
        foreach (var parameter in part.Type.Parameters)
            type.Parameters.Add(parameter.Name, parameter.Value);
        type.Charset = "utf-8";
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return type.ToString(format, Encoding.UTF8, encode: true)["Content-Type:".Length..].TrimEnd();
    }

    private static byte[] Insert(byte[] into, Splice insertion)
    {
        var at = (int)insertion.Offset;
        return [.. into.AsSpan(0, at), .. insertion.With.Span, .. into.AsSpan(at)];
    }
}
