using MimeKit.Encodings;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>Quoted-printable (RFC 2045 6.7). It keeps lone CR and LF, which MimeKit's encoder turns into line ends.</summary>
internal static class QuotedPrintable
{
    private const int MaxLine = 76;

    public static byte[] Decode(byte[] encoded)
    {
        var decoder = new QuotedPrintableDecoder();
        var decoded = new byte[decoder.EstimateOutputLength(encoded.Length)];
        return decoded[..decoder.Decode(encoded, 0, encoded.Length, decoded)];
    }

    public static byte[] Encode(ReadOnlySpan<byte> text)
    {
        var encoded = new MemoryStream(text.Length + (text.Length / 8));
        var column = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsLineEnd(text, i))
            {
                encoded.Write("\r\n"u8);
                column = 0;
                i++;
                continue;
            }

            var atLineEnd = i + 1 == text.Length || IsLineEnd(text, i + 1);
            var literal = IsLiteral(text[i], atLineEnd);
            var width = literal ? 1 : 3;
            if (column + width > (atLineEnd ? MaxLine : MaxLine - 1))
            {
                encoded.Write("=\r\n"u8);
                column = 0;
            }

            if (literal)
                encoded.WriteByte(text[i]);
            else
                encoded.Write([(byte)'=', HexDigit(text[i] >> 4), HexDigit(text[i] & 15)]);
            column += width;
        }

        return encoded.ToArray();
    }

    private static bool IsLineEnd(ReadOnlySpan<byte> text, int at) => text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n';

    private static bool IsLiteral(byte octet, bool atLineEnd) =>
        octet is (byte)' ' or (byte)'\t' ? !atLineEnd : octet is > 0x20 and < 0x7f and not (byte)'=';

    private static byte HexDigit(int value) => "0123456789ABCDEF"u8[value];
}
