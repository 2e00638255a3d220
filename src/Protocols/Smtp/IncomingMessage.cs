using System.Buffers;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// A message on its way in, whether by DATA or by BDAT: passes its octets on, counts them, and notes what speaks against
/// it. Once something does, nothing more is passed on, but all is still read to its end.
/// </summary>
public sealed class IncomingMessage
{
    /// <summary>More Received fields than this are a mail loop (RFC 5321 6.3).</summary>
    public const int MaxReceivedFields = 100;

    private readonly IBufferWriter<byte> output;
    private readonly long maxSize;
    private readonly HeaderScanner header = new();
    private readonly SubmittedHeader? completion;
    private bool bareLineEnds;
    private bool discarding;

    /// <param name="output">Takes the message's octets.</param>
    /// <param name="maxSize">Octets that it may have.</param>
    /// <param name="repairs">Whether a CR or LF that stands alone becomes CRLF; else it speaks against the message.</param>
    /// <param name="completion">What a submitted message may lack is added to it; null = the message stays as it is.</param>
    public IncomingMessage(IBufferWriter<byte> output, long maxSize, bool repairs, SubmissionFacts? completion = null)
    {
        this.completion = completion is null ? null : new SubmittedHeader(output, completion);
        this.output = output;
        this.maxSize = maxSize;
        Repairs = repairs;
    }

    public bool Repairs { get; }

    /// <summary>A CR or LF that stood alone has become CRLF.</summary>
    public bool IsRepaired => bareLineEnds && Repairs;

    /// <summary>Octets so far, whether passed on or not.</summary>
    public long Size { get; private set; }

    /// <summary>It holds octets over 127.</summary>
    public bool Is8Bit { get; private set; }

    /// <summary>What its header says that decides about its way; whole once the message is.</summary>
    public HeaderFacts Facts => header.Facts;

    /// <summary>Why the message is refused; null while nothing speaks against it.</summary>
    public SmtpReply? Refusal =>
        Size > maxSize ? SmtpReplies.TooLarge
        : bareLineEnds && !Repairs ? SmtpReplies.BareLineEnds
        : header.ReceivedFields > MaxReceivedFields ? SmtpReplies.MailLoop
        : null;

    /// <summary>The message is over: what was held back of it is passed on.</summary>
    public void End()
    {
        if (!discarding)
            completion?.End();
    }

    /// <summary>Passes nothing more on: the message has nowhere to go.</summary>
    public void Discard() => discarding = true;

    internal void Write(ReadOnlySpan<byte> octets)
    {
        Size += octets.Length;
        if (discarding || octets.IsEmpty)
            return;
        header.Feed(octets);
        Is8Bit = Is8Bit || !Ascii.IsValid(octets);
        if (Refusal is not null)
            discarding = true;
        else if (completion is null)
            output.Write(octets);
        else
            completion.Write(octets);
    }

    /// <summary>A CR or LF that stands alone was met.</summary>
    internal void NoteBareLineEnd()
    {
        bareLineEnds = true;
        discarding |= !Repairs;
    }
}
