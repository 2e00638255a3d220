using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>One mail from MAIL to its end. RSET, HELO and EHLO drop it for a new one; nothing is patched.</summary>
internal sealed class SmtpTransaction(SmtpPath sender, bool utf8)
{
    private readonly List<Recipient> recipients = [];

    public SmtpPath Sender { get; } = sender;

    /// <summary>MAIL asked for SMTPUTF8.</summary>
    public bool Utf8 { get; } = utf8;

    /// <summary>SIZE of MAIL; 0 when it was not given.</summary>
    public long AnnouncedSize { get; init; }

    /// <summary>Octets of a message that this sender may send.</summary>
    public required long MaxSize { get; init; }

    /// <summary>The accepted recipients; a mailbox stands here once, however often it was named.</summary>
    public IReadOnlyList<Recipient> Recipients => recipients;

    /// <summary>RCPT commands that were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>The message while it comes; null before.</summary>
    public MessageIntake? Intake { get; set; }

    /// <summary>A chunk was refused: the rest of the message is thrown away.</summary>
    public bool ChunksRefused { get; set; }

    public SmtpState State =>
        ChunksRefused ? SmtpState.ChunksRefused
        : Intake is not null ? SmtpState.Chunks
        : recipients.Count > 0 ? SmtpState.Recipients
        : SmtpState.Sender;

    public void Accept(Recipient recipient)
    {
        Accepted++;
        foreach (var known in recipients)
        {
            if (LeadToOne(known.Targets, recipient.Targets))
                return;
        }

        recipients.Add(recipient);
    }

    private static bool LeadToOne(IReadOnlyList<Target> one, IReadOnlyList<Target> other) =>
        one.Count == 1 && other.Count == 1 && one[0].Identity == other[0].Identity;
}
