namespace Orleans.Mail.Protocols.Pop3;

/// <summary>
/// Cuts a message for TOP (RFC 1939 section 7): the header, the empty line after it and a number of lines of the body.
/// Takes the message in blocks cut anywhere; one instance cuts one message.
/// </summary>
public struct MessageTop(int lines)
{
    private long bodyLines = lines;
    private bool inBody;
    private bool lineHasText;
    private bool afterReturn;

    /// <summary>All that belongs to the top was seen.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>How many octets of the block's start belong to the top.</summary>
    public int Take(ReadOnlySpan<byte> block)
    {
        var taken = 0;
        while (!IsComplete && taken < block.Length)
        {
            var rest = block[taken..];
            var end = rest.IndexOf((byte)'\n');
            var text = end < 0 ? rest : rest[..end];
            taken += end < 0 ? rest.Length : end + 1;
            // Only CRLF ends a line: a lone LF is a part of it.
            if (end >= 0 && (text.IsEmpty ? afterReturn : text[^1] == '\r'))
                EndLine(lineHasText || text.Length > 1 || (afterReturn && !text.IsEmpty));
            else
                ContinueLine(text, end >= 0);
        }

        return taken;
    }

    // A CR at the end of a block is text only when no LF follows it.
    private void ContinueLine(ReadOnlySpan<byte> text, bool loneLineFeed)
    {
        lineHasText |= loneLineFeed || afterReturn || text.Length > 1 || (text.Length == 1 && text[0] != '\r');
        afterReturn = !loneLineFeed && !text.IsEmpty && text[^1] == '\r';
    }

    private void EndLine(bool hasText)
    {
        lineHasText = false;
        afterReturn = false;
        if (inBody)
            bodyLines--;
        else if (!hasText)
            inBody = true;
        IsComplete = inBody && bodyLines <= 0;
    }
}
