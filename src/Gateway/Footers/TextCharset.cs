using System.Text;
using MimeKit;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>The charset of a text part: what its octets mean, and what it can hold. Nothing is replaced on the way: what does not fit is null.</summary>
internal sealed class TextCharset
{
    private static readonly string PrintableAscii = new([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    public static readonly TextCharset Utf8 = new(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));

    private readonly Encoding? strict;

    private TextCharset(Encoding? strict)
    {
        this.strict = strict;
        HoldsAscii = strict is null || strict.GetByteCount(PrintableAscii) == PrintableAscii.Length;
    }

    /// <summary>ASCII characters are their own octets, as in nearly every charset, so text can be put between the octets of a text.</summary>
    public bool HoldsAscii { get; }

    /// <summary>The charset of a part. None is us-ascii (RFC 2046 4.1.2); one that is not known can take ASCII.</summary>
    public static TextCharset Of(ContentType type)
    {
        var known = type.Charset is { } name ? CodePagesEncodingProvider.Instance.GetEncoding(name) ?? type.CharsetEncoding : Encoding.ASCII;
        if (known is null)
            return new TextCharset(null);
        var strict = (Encoding)known.Clone();
        strict.EncoderFallback = EncoderFallback.ExceptionFallback;
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return new TextCharset(strict);
    }

    /// <summary>The octets of a text; null when it does not fit.</summary>
    public byte[]? Encode(string text)
    {
        if (Ascii.IsValid(text) && HoldsAscii)
            return Encoding.ASCII.GetBytes(text);
        try
        {
            return strict?.GetBytes(text) is { } octets && strict.GetString(octets) == text ? octets : null;
        }
        catch (ArgumentException)
        {
            return null; // one of the fallbacks, which only throw
        }
    }

    /// <summary>The same text in UTF-8; null when its octets are no text. What says it is ASCII and is UTF-8 stays.</summary>
    public byte[]? ToUtf8(byte[] text)
    {
        if (strict is ASCIIEncoding && System.Text.Unicode.Utf8.IsValid(text))
            return text;
        try
        {
            return strict is null ? null : Encoding.UTF8.GetBytes(strict.GetString(text).TrimStart('\ufeff'));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The text to search in; what is no text becomes something.</summary>
    public string Show(ReadOnlySpan<byte> text)
    {
        if (strict is null)
            return Encoding.Latin1.GetString(text);
        var lenient = (Encoding)strict.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        return lenient.GetString(text);
    }
}
