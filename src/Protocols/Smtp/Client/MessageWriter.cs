using System.Buffers;

namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>
/// Writes a message after DATA (RFC 5321 4.5.2): a line that begins with a dot gets another, and a line with one dot ends
/// it. Octets pass as they are, lines of any length too, but a CR or LF that stands alone becomes CRLF: some servers take
/// it for a line end, and what follows for commands. Takes the message in blocks cut anywhere; one instance writes one.
/// </summary>
public struct MessageWriter
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    // What the octets so far end with. The start of a message is the start of a line; a CR is not yet written.
    private Tail tail;

    private enum Tail : byte
    {
        LineStart = 0,
        Inside = 1,
        Return = 2,
    }

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            return;
        if (tail == Tail.Return)
        {
            output.Write("\r\n"u8);
            tail = Tail.LineStart;
            if (block[0] == Lf)
                block = block[1..];
        }

        // Octets up to at are looked at; they are written in one piece as long as nothing must be put between them.
        var at = 0;
        while (at < block.Length)
        {
            if (tail == Tail.LineStart && block[at] == '.')
            {
                output.Write(block[..at]);
                output.Write("."u8);
                block = block[at..];
                at = 1;
            }

            tail = Tail.Inside;
            var length = block[at..].IndexOfAny(Cr, Lf);
            if (length < 0)
                break;

            at += length;
            if (block[at] == Cr && at + 1 < block.Length && block[at + 1] == Lf)
            {
                at += 2;
                tail = Tail.LineStart;
                continue;
            }

            output.Write(block[..at]);
            if (block[at] == Cr && at + 1 == block.Length)
            {
                tail = Tail.Return;
                return;
            }

            output.Write("\r\n"u8);
            tail = Tail.LineStart;
            block = block[(at + 1)..];
            at = 0;
        }

        output.Write(block);
    }

    /// <summary>Ends the message; one without a line end at its end gets one.</summary>
    public readonly void Complete(IBufferWriter<byte> output)
    {
        if (tail != Tail.LineStart)
            output.Write("\r\n"u8);
        output.Write(".\r\n"u8);
    }
}
