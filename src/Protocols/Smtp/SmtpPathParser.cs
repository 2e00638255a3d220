using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>Reads paths (RFC 5321 4.1.2, with UTF-8 as in RFC 6531 3.3). A method takes what it reads off the front of the text.</summary>
internal static class SmtpPathParser
{
    private static readonly SearchValues<byte> LocalOctets = SearchValues.Create(
        [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~."u8, .. NonAscii()]);

    // The underscore is in no host name, but in mail domains that exist.
    private static readonly SearchValues<byte> DomainOctets = SearchValues.Create(
        [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8, .. NonAscii()]);

    /// <summary>Reads a path up to its <c>&gt;</c>; one without brackets up to a space.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> text, bool bracketed, out SmtpPath path)
    {
        path = SmtpPath.Null;
        if (bracketed && text is [(byte)'>', ..])
        {
            text = text[1..];
            return true;
        }

        if (text is [(byte)'@', ..] && !TrySkipRoute(ref text))
            return false;
        if (!TryReadLocal(ref text, out var local))
            return false;
        var domain = "";
        IPAddress? literal = null;
        if (text is [(byte)'@', ..])
        {
            text = text[1..];
            if (!TryReadDomain(ref text, out domain, out literal))
                return false;
        }

        path = new SmtpPath(local, domain, literal);
        if (!bracketed)
            return true;
        if (text is not [(byte)'>', ..])
            return false;
        text = text[1..];
        return true;
    }

    // RFC 5321 4.1.2 A-d-l: to be accepted, and to be ignored.
    private static bool TrySkipRoute(ref ReadOnlySpan<byte> text)
    {
        while (text is [(byte)'@', ..])
        {
            text = text[1..];
            if (!TryReadDomain(ref text, out _, out _))
                return false;
            if (text is [(byte)',', ..])
            {
                text = text[1..];
                continue;
            }

            if (text is not [(byte)':', ..])
                return false;
            text = text[1..];
            return true;
        }

        return false;
    }

    private static bool TryReadLocal(ref ReadOnlySpan<byte> text, out string local)
    {
        local = "";
        if (text is [(byte)'"', ..])
            return TryReadQuoted(ref text, out local);
        var word = Take(ref text, LocalOctets);
        if (!IsDotted(word) || !Utf8.IsValid(word))
            return false;
        local = Encoding.UTF8.GetString(word);
        return true;
    }

    private static bool TryReadQuoted(ref ReadOnlySpan<byte> text, out string local)
    {
        local = "";
        Span<byte> unquoted = stackalloc byte[text.Length];
        var length = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                text = text[(i + 1)..];
                if (length == 0 || !Utf8.IsValid(unquoted[..length]))
                    return false;
                local = Encoding.UTF8.GetString(unquoted[..length]);
                return true;
            }

            if (text[i] == '\\' && ++i == text.Length)
                return false;
            unquoted[length++] = text[i];
        }

        return false;
    }

    private static bool TryReadDomain(ref ReadOnlySpan<byte> text, out string domain, out IPAddress? literal)
    {
        domain = "";
        literal = null;
        if (text is [(byte)'[', ..])
            return TryReadLiteral(ref text, out domain, out literal);
        var word = Take(ref text, DomainOctets);
        if (!IsDotted(word) || !Utf8.IsValid(word))
            return false;
        foreach (var range in word.Split((byte)'.'))
        {
            if (word[range] is [(byte)'-', ..] or [.., (byte)'-'])
                return false;
        }

        domain = Encoding.UTF8.GetString(word);
        return true;
    }

    // RFC 5321 4.1.3; general address literals have no tags registered but IPv6.
    private static bool TryReadLiteral(ref ReadOnlySpan<byte> text, out string domain, out IPAddress? literal)
    {
        domain = "";
        literal = null;
        var end = text.IndexOf((byte)']');
        if (end < 0 || !Ascii.IsValid(text[..end]))
            return false;
        domain = Encoding.ASCII.GetString(text[..(end + 1)]);
        text = text[(end + 1)..];
        var inner = domain.AsSpan(1, domain.Length - 2);
        if (inner.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            return inner.Contains(':') && IPAddress.TryParse(inner[5..], out literal) && inner[5..].Contains(':');
        return inner.Count('.') == 3 && IPAddress.TryParse(inner, out literal);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> text, SearchValues<byte> allowed)
    {
        var end = text.IndexOfAnyExcept(allowed);
        var word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word;
    }

    // Atoms or labels parted by single dots.
    private static bool IsDotted(ReadOnlySpan<byte> word) =>
        !word.IsEmpty && word is not ([(byte)'.', ..] or [.., (byte)'.']) && word.IndexOf(".."u8) < 0;

    private static IEnumerable<byte> NonAscii() => Enumerable.Range(0x80, 0x80).Select(octet => (byte)octet);
}
