using System.Buffers.Text;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// The encoding of RFC 3461 section 4: printable characters stand for themselves, <c>+</c> and two hexadecimal digits
/// for any octet.
/// </summary>
public static class Xtext
{
    /// <summary>Decodes what stands for printable ASCII and spaces; false for anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out string decoded)
    {
        decoded = "";
        Span<byte> octets = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
        var length = 0;
        while (!text.IsEmpty)
        {
            var octet = text[0];
            var taken = 1;
            if (octet == (byte)'+')
            {
                if (text.Length < 3 || !Utf8Parser.TryParse(text[1..3], out octet, out taken, 'x') || taken != 2)
                    return false;
                taken = 3;
            }
            else if (octet is < (byte)'!' or > (byte)'~' or (byte)'=')
            {
                return false;
            }

            if (octet is < (byte)' ' or > (byte)'~')
                return false;
            octets[length++] = octet;
            text = text[taken..];
        }

        decoded = Encoding.ASCII.GetString(octets[..length]);
        return true;
    }
}
