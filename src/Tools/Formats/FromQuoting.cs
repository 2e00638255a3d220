using System.Buffers;

namespace Orleans.Mail.Tools.Formats;

/// <summary>
/// The quoting of mboxrd: a line of any number of <c>&gt;</c> and <c>From </c> gets one <c>&gt;</c> more in the file, and
/// loses one when it is read.
/// </summary>
internal sealed class FromQuoting(bool remove) : ITextFilter
{
    private bool inLine;
    private bool heldQuote;
    private int matched;

    private static ReadOnlySpan<byte> From => "From "u8;

    public void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            if (!inLine)
            {
                Begin(text[0], output);
                text = text[1..];
                continue;
            }

            var end = text.IndexOf((byte)'\n') + 1;
            inLine = end == 0;
            var line = inLine ? text : text[..end];
            output.Write(line);
            text = text[line.Length..];
        }
    }

    public void Complete(IBufferWriter<byte> output) => Release(output);

    // At the beginning of a line. When quotes are removed, the last one seen is held back until it is known what follows.
    private void Begin(byte octet, IBufferWriter<byte> output)
    {
        if (matched == 0 && octet == '>')
        {
            if (!remove || heldQuote)
                output.Write(">"u8);
            heldQuote = remove;
        }
        else if (octet == From[matched])
        {
            if (++matched < From.Length)
                return;
            heldQuote = false;
            if (!remove)
                output.Write(">"u8);
            Release(output);
            inLine = true;
        }
        else
        {
            Release(output);
            output.Write([octet]);
            inLine = octet != '\n';
        }
    }

    private void Release(IBufferWriter<byte> output)
    {
        if (heldQuote)
            output.Write(">"u8);
        output.Write(From[..matched]);
        heldQuote = false;
        matched = 0;
    }
}
