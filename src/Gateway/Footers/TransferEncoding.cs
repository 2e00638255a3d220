using System.Text;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>The transfer encodings of RFC 2045 6 that a text can be read from and written in.</summary>
internal enum TransferEncoding
{
    SevenBit,
    EightBit,
    QuotedPrintable,
    Base64,
    Unknown,
}

internal static class TransferEncodings
{
    /// <param name="field">The value of Content-Transfer-Encoding; null when it is not there.</param>
    public static TransferEncoding Parse(string? field) => field?.Trim().ToUpperInvariant() switch
    {
        null or "7BIT" => TransferEncoding.SevenBit,
        "8BIT" or "BINARY" => TransferEncoding.EightBit,
        "QUOTED-PRINTABLE" => TransferEncoding.QuotedPrintable,
        "BASE64" => TransferEncoding.Base64,
        _ => TransferEncoding.Unknown,
    };

    /// <summary>Whether the text stands in the message as it is.</summary>
    public static bool IsIdentity(this TransferEncoding encoding) => encoding is TransferEncoding.SevenBit or TransferEncoding.EightBit;

    public static byte[] Decode(this TransferEncoding encoding, byte[] content) => encoding switch
    {
        TransferEncoding.QuotedPrintable => QuotedPrintable.Decode(content),
        TransferEncoding.Base64 => DecodeBase64(content),
        _ => content,
    };

    /// <summary>The other way; base64 ends with a line end when <paramref name="closed"/>.</summary>
    public static byte[] Encode(this TransferEncoding encoding, byte[] text, bool closed) => encoding switch
    {
        TransferEncoding.QuotedPrintable => QuotedPrintable.Encode(text),
        TransferEncoding.Base64 => Encoding.ASCII.GetBytes(Convert.ToBase64String(text, Base64FormattingOptions.InsertLineBreaks) + (closed ? "\r\n" : "")),
        _ => text,
    };

    private static byte[] DecodeBase64(byte[] content)
    {
        var decoder = new MimeKit.Encodings.Base64Decoder();
        var decoded = new byte[decoder.EstimateOutputLength(content.Length)];
        return decoded[..decoder.Decode(content, 0, content.Length, decoded)];
    }
}
