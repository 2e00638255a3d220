using System.Globalization;

namespace Orleans.Mail;

/// <summary>Names of mail domains: kept and compared as lower-case A-labels (IDNA, RFC 5890).</summary>
public static class DomainName
{
    /// <summary>Octets of a domain (RFC 5321 4.5.3.1.2).</summary>
    public const int MaxLength = 255;

    private const int MaxLabelLength = 63;

    // Unassigned code points are refused; the mapping to lower case and NFC is part of ToASCII.
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Reads a domain name in A- or U-label form; a trailing dot is dropped.</summary>
    public static bool TryParse(string text, out string name)
    {
        name = "";
        if (text.EndsWith('.'))
            text = text[..^1];
        if (text.Length is 0 or > MaxLength)
            return false;
        if (!System.Text.Ascii.IsValid(text))
        {
            try
            {
                text = Idn.GetAscii(text);
            }
            catch (ArgumentException)
            {
                return false; // not a domain under IDNA: the framework has no Try form
            }
        }

        if (!IsLetterDigitHyphen(text))
            return false;
        name = text.ToLowerInvariant();
        return true;
    }

    private static bool IsLetterDigitHyphen(string text)
    {
        if (text.Length > MaxLength || !text.AsSpan(text.LastIndexOf('.') + 1).ContainsAnyExceptInRange('0', '9'))
            return false; // RFC 3696 2: a top-level domain is not all digits, so that no address looks like a domain
        foreach (var range in text.AsSpan().Split('.'))
        {
            var label = text.AsSpan(range);
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (var c in label)
            {
                // An underscore is no host name, but domains that carry mail use it and every peer accepts it.
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                    return false;
            }
        }

        return true;
    }
}
