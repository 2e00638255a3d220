using System.Globalization;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>Values of the DSN parameters as they are written (RFC 3461 4, RFC 6533 3).</summary>
public static class Xtext
{
    /// <summary>Characters of an ORCPT or ENVID value that servers take (RFC 3461 4.2, 4.4).</summary>
    public const int MaxLength = 500;

    /// <summary>Text as xtext: printable ASCII, others as <c>+XX</c> for each octet.</summary>
    public static string Encode(string text)
    {
        var xtext = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is >= (byte)'!' and <= (byte)'~' and not ((byte)'+' or (byte)'='))
                xtext.Append((char)octet);
            else
                xtext.Append(CultureInfo.InvariantCulture, $"+{octet:X2}");
        }

        return xtext.ToString();
    }

    /// <summary>
    /// The value of ORCPT: the one that was given, when it is one, else that of the address itself; null when it is too long.
    /// </summary>
    public static string? OriginalRecipient(string given, string address)
    {
        var value = IsValue(given) ? given : System.Text.Ascii.IsValid(address) ? $"rfc822;{Encode(address)}" : $"utf-8;{EncodeUtf8(address)}";
        return value.Length <= MaxLength ? value : null;
    }

    // addr-type ";" xtext, which also holds for the ASCII form of a utf-8 address.
    private static bool IsValue(string value)
    {
        var at = value.IndexOf(';', StringComparison.Ordinal);
        return at > 0 && at < value.Length - 1 && value.All(c => c is >= '!' and <= '~' and not '=');
    }

    // utf-8-addr-xtext: every server that knows DSN and UTF-8 takes it.
    private static string EncodeUtf8(string address)
    {
        var text = new StringBuilder(address.Length);
        foreach (var rune in address.EnumerateRunes())
        {
            if (rune.Value is >= '!' and <= '~' and not ('+' or '=' or '\\'))
                text.Append((char)rune.Value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }

        return text.ToString();
    }
}
