using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>One mail from MAIL to its end. RSET, HELO and EHLO drop it for a new one; nothing is patched.</summary>
internal sealed class SmtpTransaction(SmtpPath sender, bool utf8)
{
    private readonly List<Recipient> recipients = [];

    public SmtpPath Sender { get; } = sender;

    /// <summary>Who has authenticated and sends it; null = nobody is known to.</summary>
    public MailAddress? User { get; init; }

    /// <summary>MAIL asked for SMTPUTF8.</summary>
    public bool Utf8 { get; } = utf8;

    /// <summary>RET and ENVID of MAIL; null when neither was given.</summary>
    public SmtpReportRequest? Reports { get; init; }

    /// <summary>The client says what it wants to hear of the message's fate.</summary>
    public bool AsksForReports { get; private set; }

    /// <summary>SIZE of MAIL; 0 when it was not given.</summary>
    public long AnnouncedSize { get; init; }

    /// <summary>Octets of a message that this sender may send.</summary>
    public required long MaxSize { get; init; }

    /// <summary>The accepted recipients; a mailbox stands here once, however often it was named.</summary>
    public IReadOnlyList<Recipient> Recipients => recipients;

    /// <summary>The client was asked for its right to relay, and had it: it counts for the whole mail, however long its end takes.</summary>
    public bool IsRelayed { get; set; }

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

    /// <param name="recipient">The recipient as it was routed.</param>
    /// <param name="reports">What RCPT said of reports; null when it said nothing.</param>
    public void Accept(Recipient recipient, SmtpRecipientRequest? reports)
    {
        Accepted++;
        if (reports is not null)
        {
            AsksForReports = true;
            recipient = recipient with { Notify = (Notify)reports.Notify, OriginalRecipient = reports.OriginalRecipient };
        }

        for (var i = 0; i < recipients.Count; i++)
        {
            if (!LeadToOne(recipients[i].Targets, recipient.Targets))
                continue;
            recipients[i] = Merge(recipients[i], recipient);
            return;
        }

        recipients.Add(recipient);
    }

    // Whoever was named twice is told of what was asked for at least once.
    private static Recipient Merge(Recipient known, Recipient again) =>
        known.Notify == again.Notify && again.OriginalRecipient.Length == 0
            ? known
            : known with
            {
                Notify = Merge(known.Notify, again.Notify),
                OriginalRecipient = known.OriginalRecipient.Length > 0 ? known.OriginalRecipient : again.OriginalRecipient,
            };

    private static Notify Merge(Notify one, Notify other) =>
        one == other || other == Notify.Never ? one
        : one == Notify.Never ? other
        : Explicit(one) | Explicit(other);

    private static Notify Explicit(Notify notify) => notify == Notify.Default ? Notify.Failure | Notify.Delay : notify;

    private static bool LeadToOne(IReadOnlyList<Target> one, IReadOnlyList<Target> other) =>
        one.Count == 1 && other.Count == 1 && one[0].Identity == other[0].Identity;
}
