using System.Buffers;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// Reads a message that comes in chunks (BDAT, RFC 3030): exact octets, no dots, no end mark. The rule about a CR or LF
/// that stands alone holds here too.
/// </summary>
public sealed class SmtpChunkReader(IncomingMessage message)
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    private bool afterCr;
    private bool atLineStart = true;

    /// <summary>Octets of the present chunk that have not come yet.</summary>
    public long Remaining { get; private set; }

    /// <summary>A BDAT command has announced a chunk.</summary>
    public void StartChunk(long length) => Remaining = length;

    /// <summary>Takes what there is of the chunk off <paramref name="buffer"/>. True when it is complete.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> buffer)
    {
        while (Remaining > 0 && !buffer.IsEmpty)
        {
            var span = buffer.FirstSpan;
            if (span.Length > Remaining)
                span = span[..(int)Remaining];
            Read(span);
            Remaining -= span.Length;
            buffer = buffer.Slice(span.Length);
        }

        return Remaining == 0;
    }

    /// <summary>The last chunk is complete. A message that does not end in CRLF gets one.</summary>
    public void Finish()
    {
        if (afterCr)
            EndBareCr();
        if (!atLineStart)
            message.Write("\r\n"u8);
    }

    private void Read(ReadOnlySpan<byte> span)
    {
        var kept = 0;
        for (var at = 0; at < span.Length;)
        {
            if (afterCr)
            {
                at += ReadAfterCr(span, ref kept, at);
                continue;
            }

            var length = span[at..].IndexOfAny(Cr, Lf);
            if (length < 0)
            {
                atLineStart = false;
                break;
            }

            at += length;
            if (span[at] == Cr)
            {
                afterCr = true;
            }
            else
            {
                message.NoteBareLineEnd();
                message.Write(span[kept..at]);
                if (message.Repairs)
                    message.Write("\r"u8);
                kept = at;
                atLineStart = true;
            }

            at++;
        }

        message.Write(span[kept..]);
    }

    // Returns how many octets it took.
    private int ReadAfterCr(ReadOnlySpan<byte> span, ref int kept, int at)
    {
        if (span[at] == Lf)
        {
            afterCr = false;
            atLineStart = true;
            return 1;
        }

        message.Write(span[kept..at]);
        kept = at;
        EndBareCr();
        return 0;
    }

    private void EndBareCr()
    {
        message.NoteBareLineEnd();
        if (message.Repairs)
            message.Write("\n"u8);
        afterCr = false;
        atLineStart = true;
    }
}
