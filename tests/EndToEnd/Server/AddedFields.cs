using System.Text;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>The fields that the server puts in front of a message: Delivered-To, Return-Path and Received.</summary>
public static class AddedFields
{
    /// <summary>What the client sent. Fails when the three fields are not there, in this order.</summary>
    public static byte[] Remove(byte[] message)
    {
        var rest = message.AsSpan();
        foreach (var field in (ReadOnlySpan<string>)["Delivered-To: ", "Return-Path: ", "Received: "])
        {
            Assert.True(rest.StartsWith(Encoding.ASCII.GetBytes(field)), $"{field}expected at: {Encoding.Latin1.GetString(rest[..Math.Min(80, rest.Length)])}");
            rest = rest[FieldLength(rest)..];
        }

        return rest.ToArray();
    }

    // A field goes on over lines that begin with white space (RFC 5322 2.2.3).
    private static int FieldLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        do
            length += text[length..].IndexOf("\r\n"u8) + 2;
        while (length < text.Length && text[length] is (byte)' ' or (byte)'\t');
        return length;
    }
}
