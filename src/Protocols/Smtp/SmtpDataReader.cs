using System.Buffers;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// Reads the message after DATA (RFC 5321 4.1.1.4): removes dot-stuffing (4.5.2) and finds the end, which only
/// <c>CRLF . CRLF</c> is, the first CRLF being that of the DATA line or of the message. A CR or LF that stands alone ends
/// nothing, starts no line and is told to the message, which is read on to its end: stopping early would take the rest
/// of it for commands.
/// </summary>
public sealed class SmtpDataReader(IncomingMessage message)
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';
    private const byte Dot = (byte)'.';

    // What stands before the next octet. A dot at a line's start is never part of the message, so it is not kept; the CR
    // after it is, for it may be part of the end.
    private enum Place
    {
        LineStart,
        LineDot,
        LineDotCr,
        Text,
        TextCr,
        End,
    }

    private Place place = Place.LineStart;

    /// <summary>Takes what there is off <paramref name="buffer"/>. True when the end was met: the rest of the buffer is commands.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var span = buffer.FirstSpan;
            buffer = buffer.Slice(Read(span));
            if (place == Place.End)
                return true;
        }

        return false;
    }

    // Reads up to the end or through the whole span. Octets from kept on are part of the message and not yet written:
    // a message without dots and faults is written a span at a time.
    private int Read(ReadOnlySpan<byte> span)
    {
        var kept = 0;
        var at = 0;
        while (at < span.Length)
        {
            var octet = span[at];
            switch (place)
            {
                case Place.LineStart when octet == Dot:
                    message.Write(span[kept..at]);
                    kept = ++at;
                    place = Place.LineDot;
                    break;
                case Place.LineDot when octet == Cr:
                    kept = ++at;
                    place = Place.LineDotCr;
                    break;
                case Place.LineDotCr when octet == Lf:
                    place = Place.End;
                    return at + 1;
                case Place.LineDotCr:
                    message.Write("\r"u8);
                    place = Place.TextCr;
                    break;
                case Place.TextCr when octet == Lf:
                    at++;
                    place = Place.LineStart;
                    break;
                case Place.TextCr:
                    NoteBareCr(span, ref kept, at);
                    place = Place.Text;
                    break;
                default:
                    at = ReadText(span, ref kept, at);
                    break;
            }
        }

        message.Write(span[kept..]);
        return span.Length;
    }

    // Runs through text to the line's end, the hot path.
    private int ReadText(ReadOnlySpan<byte> span, ref int kept, int at)
    {
        var length = span[at..].IndexOfAny(Cr, Lf);
        if (length < 0)
        {
            place = Place.Text;
            return span.Length;
        }

        at += length;
        if (span[at] == Cr)
        {
            place = Place.TextCr;
            return at + 1;
        }

        message.NoteBareLineEnd();
        message.Write(span[kept..at]);
        if (message.Repairs)
            message.Write("\r"u8);
        kept = at;
        place = Place.Text;
        return at + 1;
    }

    private void NoteBareCr(ReadOnlySpan<byte> span, ref int kept, int at)
    {
        message.NoteBareLineEnd();
        if (!message.Repairs)
            return;
        message.Write(span[kept..at]);
        message.Write("\n"u8);
        kept = at;
    }
}
