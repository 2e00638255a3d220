using MimeKit;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>Which parts of a message a footer goes on.</summary>
internal static class FooterPlaces
{
    /// <summary>The texts that a reader sees as the body; none when the message must not be changed.</summary>
    public static IReadOnlyList<MimeNode> Find(MimeNode message) => message.All().Any(IsSealed) ? [] : TextsOf(message);

    // A change breaks a signature and says nothing to who sees an encrypted text (RFC 1847, 3156, 8551); reports are for programs (RFC 6522).
    private static bool IsSealed(MimeNode part) =>
        part.Is("multipart", "signed") || part.Is("multipart", "encrypted") || part.Is("multipart", "report")
        || part.Is("application", "pkcs7-mime") || part.Is("application", "x-pkcs7-mime");

    private static IReadOnlyList<MimeNode> TextsOf(MimeNode part)
    {
        if (part.Header.IsAmbiguous)
            return [];
        if (part.Is("text", "plain") || part.Is("text", "html"))
            return part.Header.IsClosed && !IsAttachment(part) ? [part] : [];
        if (!part.Is("multipart", "*") || part.Is("multipart", "appledouble"))
            return [];
        if (part.Is("multipart", "alternative"))
            return [.. part.Children.SelectMany(TextsOf)]; // each shows the same text
        if (part.Is("multipart", "related"))
            return RootOf(part) is { } root ? TextsOf(root) : []; // the others are its pictures
        return part.Children.Select(TextsOf).FirstOrDefault(texts => texts.Count > 0, []);
    }

    // RFC 2387 3.2
    private static MimeNode? RootOf(MimeNode related)
    {
        var start = related.Type.Parameters["start"];
        return related.Children.Find(part => start is not null && part.Header.Find(HeaderId.ContentId)?.Trim() == start.Trim())
            ?? related.Children.FirstOrDefault();
    }

    // RFC 2183; a text with a file's name is a file also when it is shown in line.
    private static bool IsAttachment(MimeNode part)
    {
        if (part.Type.Name is not null)
            return true;
        if (part.Header.Find(HeaderId.ContentDisposition) is not { } value)
            return false;
        return !ContentDisposition.TryParse(value, out var disposition)
            || !disposition.Disposition.Equals("inline", StringComparison.OrdinalIgnoreCase)
            || disposition.FileName is not null;
    }
}
