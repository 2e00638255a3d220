using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Tools.Formats;

/// <summary>
/// Finds the messages of an mbox file: each begins after a line <c>From …</c> that is the first of the file or follows
/// an empty line, and ends before the empty line that precedes the next one.
/// </summary>
internal sealed class MboxScanner(SafeFileHandle file)
{
    private const int BlockLength = 64 * 1024;

    private readonly long length = RandomAccess.GetLength(file);
    private readonly byte[] block = new byte[BlockLength];

    private long lineStart;
    private int lineLength;
    private int matched;
    private bool onlyCr = true;
    private bool afterEmpty = true;
    private long emptyStart;
    private long messageStart = -1;

    private static ReadOnlySpan<byte> From => "From "u8;

    /// <summary>The messages, without their <c>From</c> lines. Throws <see cref="InvalidDataException"/> when the file does not begin with one.</summary>
    public IEnumerable<(long Start, long End)> Scan()
    {
        for (var at = 0L; at < length;)
        {
            var read = RandomAccess.Read(file, block, at);
            if (read == 0)
                break;
            for (var from = 0; from < read;)
            {
                var end = block.AsSpan(from, read - from).IndexOf((byte)'\n');
                Look(block.AsSpan(from, (end < 0 ? read - from : end)));
                if (end < 0)
                    break;
                from += end + 1;
                if (EndLine(at + from) is { } message)
                    yield return message;
            }

            at += read;
        }

        if (lineLength > 0 && EndLine(length) is { } cut) // a last line without an end
            yield return cut;
        if (messageStart >= 0)
            yield return (messageStart, afterEmpty ? emptyStart : length);
    }

    // A part of a line, without its LF. Its first octets tell all that matters.
    private void Look(ReadOnlySpan<byte> part)
    {
        foreach (var octet in part)
        {
            if (lineLength >= From.Length)
                break;
            onlyCr &= octet == '\r' && lineLength == 0;
            matched += matched == lineLength && octet == From[matched] ? 1 : 0;
            lineLength++;
        }
    }

    private (long Start, long End)? EndLine(long next)
    {
        (long, long)? message = null;
        var separates = matched == From.Length && afterEmpty;
        var isEmpty = onlyCr; // or nothing at all
        if (separates)
        {
            if (messageStart >= 0)
                message = (messageStart, emptyStart);
            messageStart = next;
        }
        else if (messageStart < 0 && !isEmpty)
        {
            throw new InvalidDataException("it does not begin with a From line, so it is no mbox");
        }

        if (isEmpty)
            emptyStart = lineStart;
        afterEmpty = isEmpty;
        lineStart = next;
        lineLength = 0;
        matched = 0;
        onlyCr = true;
        return message;
    }
}
