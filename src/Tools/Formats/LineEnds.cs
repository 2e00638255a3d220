using System.Buffers;

namespace Orleans.Mail.Tools.Formats;

/// <summary>Makes every line end of a message CRLF, where the file has LF; a message without a last line end gets one.</summary>
internal sealed class CrLfLineEnds : ITextFilter
{
    private byte last = (byte)'\n';

    public void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (text.IndexOf((byte)'\n') is var at and >= 0)
        {
            output.Write(text[..at]);
            output.Write((at == 0 ? last : text[at - 1]) == '\r' ? "\n"u8 : "\r\n"u8);
            last = (byte)'\n';
            text = text[(at + 1)..];
        }

        output.Write(text);
        if (!text.IsEmpty)
            last = text[^1];
    }

    public void Complete(IBufferWriter<byte> output)
    {
        if (last != '\n')
            output.Write(last == '\r' ? "\n"u8 : "\r\n"u8);
    }
}

/// <summary>Leaves line ends as they are; a message without a last one gets one.</summary>
internal sealed class LastLineEnd : ITextFilter
{
    private byte last = (byte)'\n';

    public void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write(text);
        if (!text.IsEmpty)
            last = text[^1];
    }

    public void Complete(IBufferWriter<byte> output)
    {
        if (last != '\n')
            output.Write(last == '\r' ? "\n"u8 : "\r\n"u8);
    }
}

/// <summary>Makes every CRLF an LF, as Unix programs write mail files. A CR that stands alone stays.</summary>
internal sealed class LfLineEnds : ITextFilter
{
    private bool heldCr;

    public void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        foreach (var octet in text)
        {
            if (heldCr && octet != '\n')
                output.Write("\r"u8);
            heldCr = octet == '\r';
            if (!heldCr)
                output.Write([octet]);
        }
    }

    public void Complete(IBufferWriter<byte> output)
    {
        if (heldCr)
            output.Write("\r"u8);
        heldCr = false;
    }
}
