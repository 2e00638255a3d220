namespace Orleans.Mail.Protocols.Sasl;

/// <summary>Base64 as it stands in lines of AUTH: strict, without white space (RFC 4954 section 4, RFC 5034 section 4).</summary>
public static class SaslText
{
    /// <summary>The octets that a text stands for; null when it is no Base64.</summary>
    public static byte[]? Decode(string text)
    {
        // The framework's reader skips white space.
        if (text.AsSpan().ContainsAny(" \t\r\n"))
            return null;
        var octets = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, octets, out var length) ? octets[..length] : null;
    }

    /// <summary>The response that stands behind the mechanism's name: <c>=</c> is an empty one.</summary>
    public static byte[]? DecodeInitial(string text) => text == "=" ? [] : Decode(text);

    public static string Encode(ReadOnlyMemory<byte> octets) => Convert.ToBase64String(octets.Span);
}
