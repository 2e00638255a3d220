using System.Buffers;

namespace Orleans.Mail.Protocols.Pop3;

/// <summary>
/// Writes a message as a multi-line reply (RFC 1939 section 3): a line that begins with a dot gets another, and a line
/// with one dot ends it. Takes the message in blocks cut anywhere; one instance writes one message.
/// </summary>
public struct DotStuffer
{
    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    // What the octets so far end with. The start of a message is the start of a line.
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
        var next = TailOf(block);
        if (tail == Tail.LineStart && block[0] == '.')
        {
            output.Write("."u8);
        }
        else if (tail == Tail.Return && block is [(byte)'\n', (byte)'.', ..])
        {
            output.Write("\n."u8);
            block = block[1..];
        }

        while (block.IndexOf("\r\n."u8) is var at and >= 0)
        {
            // Up to the dot, which is then written once more as the first octet of the rest.
            output.Write(block[..(at + 3)]);
            block = block[(at + 2)..];
        }

        output.Write(block);
        tail = next;
    }

    /// <summary>Ends the reply. A message without a line end at its end gets one.</summary>
    public readonly void Complete(IBufferWriter<byte> output)
    {
        if (tail != Tail.LineStart)
            output.Write(LineEnd);
        output.Write(".\r\n"u8);
    }

    private readonly Tail TailOf(ReadOnlySpan<byte> block)
    {
        if (block[^1] == '\r')
            return Tail.Return;
        if (block[^1] == '\n' && (block.Length > 1 ? block[^2] == '\r' : tail == Tail.Return))
            return Tail.LineStart;
        return Tail.Inside;
    }
}
