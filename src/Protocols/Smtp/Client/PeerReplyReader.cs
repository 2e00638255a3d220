using System.Text;

namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>How far a reply was read.</summary>
public enum ReplyRead
{
    /// <summary>More octets are needed.</summary>
    Incomplete = 0,

    /// <summary>A whole reply was read.</summary>
    Complete,

    /// <summary>That is no SMTP, or longer than a reply may be: the connection is of no more use.</summary>
    Malformed,
}

/// <summary>
/// Reads replies of one or more lines (RFC 5321 4.2.1), one after the other. A line may end with a lone LF, since no harm
/// comes of it here; the code must be the same in every line.
/// </summary>
public sealed class PeerReplyReader
{
    /// <summary>Octets of a line with its end. RFC 5321 4.5.3.1.5 asks for 512; servers exceed it.</summary>
    public const int MaxLineLength = 2048;

    /// <summary>Octets of a whole reply: enough for the longest EHLO and the longest policy text.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly StringBuilder more = new();
    private string first = "";
    private string enhanced = "";
    private int code;
    private int length;

    /// <summary>Takes lines off <paramref name="octets"/> up to the end of a reply.</summary>
    /// <param name="octets">What has come and was not yet consumed.</param>
    /// <param name="consumed">How many octets were taken, also when the reply is not complete.</param>
    /// <param name="reply">The reply, when it is complete.</param>
    public ReplyRead TryRead(ReadOnlySpan<byte> octets, out int consumed, out PeerReply? reply)
    {
        consumed = 0;
        reply = null;
        while (true)
        {
            var rest = octets[consumed..];
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
                return rest.Length >= MaxLineLength || CannotBegin(rest) ? ReplyRead.Malformed : ReplyRead.Incomplete;
            length += end + 1;
            consumed += end + 1;
            if (end >= MaxLineLength || length > MaxLength)
                return ReplyRead.Malformed;
            var line = rest[..end];
            if (line is [.., (byte)'\r'])
                line = line[..^1];
            if (!TryTake(line, out var isLast))
                return ReplyRead.Malformed;
            if (!isLast)
                continue;
            reply = new PeerReply(code, enhanced, more.Length == 0 ? first : more.ToString());
            Reset();
            return ReplyRead.Complete;
        }
    }

    private void Reset()
    {
        more.Clear();
        first = enhanced = "";
        code = length = 0;
    }

    // What does not begin with a digit need not be waited for: a banner of another protocol may never send a line end.
    private static bool CannotBegin(ReadOnlySpan<byte> line) =>
        !line.IsEmpty && line[..Math.Min(3, line.Length)].ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private bool TryTake(ReadOnlySpan<byte> line, out bool isLast)
    {
        isLast = line.Length == 3 || (line.Length > 3 && line[3] == ' ');
        if (line.Length < 3 || !(isLast || line[3] == '-') || CannotBegin(line))
            return false;
        var number = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        if (number is < 200 or > 599 || (code != 0 && number != code))
            return false;
        var isFirst = code == 0;
        code = number;
        Append(line.Length > 4 ? line[4..] : [], isFirst);
        return true;
    }

    private void Append(ReadOnlySpan<byte> text, bool isFirst)
    {
        var status = EnhancedLength(text);
        if (isFirst && status > 0)
            enhanced = Encoding.ASCII.GetString(text[..status]);
        // Every line repeats it (RFC 2034 4); once is enough.
        if (status > 0 && enhanced.Length == status && Ascii.Equals(text[..status], enhanced))
            text = text[Math.Min(status + 1, text.Length)..];
        if (isFirst)
        {
            first = Decode(text);
            return;
        }

        if (more.Length == 0)
            more.Append(first);
        more.Append('\n').Append(Decode(text));
    }

    // class.subject.detail with at most three digits each, the class that of the code (RFC 3463 2); 0 = there is none.
    private int EnhancedLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 5 || text[0] - '0' != code / 100 || text[1] != '.')
            return 0;
        var subject = Digits(text[2..]);
        var dot = 2 + subject;
        if (subject is 0 or > 3 || dot >= text.Length || text[dot] != '.')
            return 0;
        var detail = Digits(text[(dot + 1)..]);
        var end = dot + 1 + detail;
        return detail is 0 or > 3 || (end < text.Length && text[end] != ' ') ? 0 : end;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var count = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return count < 0 ? text.Length : count;
    }

    // It goes into logs, listings and reports.
    private static string Decode(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Encoding.ASCII.GetString(text);
        return string.Concat(Encoding.UTF8.GetString(text).Select(c => char.IsControl(c) ? '?' : c));
    }
}
