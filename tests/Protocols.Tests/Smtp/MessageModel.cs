using System.Text;

namespace Orleans.Mail.Protocols.Tests.Smtp;

/// <summary>
/// What the readers of messages must do, written the slow and simple way: over whole strings (octets as Latin-1),
/// with nothing of the readers' states.
/// </summary>
internal static class MessageModel
{
    /// <summary>The message that the wire holds up to its end, where the end is, and whether a CR or LF stands alone in it; null when there is no end.</summary>
    public static (string Message, int End, bool HasBare)? Data(string wire, bool repairs)
    {
        // The CRLF of the DATA line stands before the message.
        var end = ("\r\n" + wire).IndexOf("\r\n.\r\n", StringComparison.Ordinal);
        if (end < 0)
            return null;
        var stuffed = wire[..end];
        var unstuffed = ("\r\n" + stuffed).Replace("\r\n.", "\r\n", StringComparison.Ordinal)[2..];
        return (repairs ? Repair(unstuffed) : unstuffed, end + ".\r\n".Length, HasBare(stuffed));
    }

    /// <summary>The message that chunks make together.</summary>
    public static (string Message, bool HasBare) Chunks(string wire, bool repairs)
    {
        var message = repairs ? Repair(wire) : wire;
        return (message.Length == 0 || message.EndsWith("\r\n", StringComparison.Ordinal) ? message : message + "\r\n", HasBare(wire));
    }

    private static bool HasBare(string text) =>
        text.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');

    private static string Repair(string text)
    {
        var repaired = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n';
            repaired.Append(text[i] is '\r' or '\n' ? "\r\n" : text[i]);
            i += isPair ? 1 : 0;
        }

        return repaired.ToString();
    }
}
