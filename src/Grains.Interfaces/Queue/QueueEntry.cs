namespace Orleans.Mail;

/// <summary>A message that waits for one of its recipients.</summary>
[GenerateSerializer, Immutable, Alias("mail.QueueEntry")]
public sealed record QueueEntry
{
    [Id(0)] public required MessageId Id { get; init; }

    /// <summary>Where it goes.</summary>
    [Id(1)] public required Target Target { get; init; }

    /// <summary>The reverse-path of the message, to which a failure is reported; <see cref="Target.Sender"/> is what the next host hears.</summary>
    [Id(2)] public required string Sender { get; init; }

    /// <summary>The recipient as the client gave it.</summary>
    [Id(3)] public required string Recipient { get; init; }

    /// <summary>The body; the entry is one of its holders.</summary>
    [Id(4)] public required BodyRef Body { get; init; }

    [Id(5)] public required DateTimeOffset Entered { get; init; }

    /// <summary>When it is tried next.</summary>
    [Id(6)] public DateTimeOffset Due { get; init; }

    [Id(7)] public DateTimeOffset? LastAttempt { get; init; }

    [Id(8)] public int Attempts { get; init; }

    /// <summary>The last reply or cause; empty = waiting.</summary>
    [Id(9)] public string Status { get; init; } = "";

    /// <summary>It will not be tried again: a report to the sender is due.</summary>
    [Id(10)] public bool Failed { get; init; }

    /// <summary>How far a post has come in its list: the last member that was served.</summary>
    [Id(11)] public string Cursor { get; init; } = "";

    /// <summary>A list's mail, which must not hold up what users send.</summary>
    [Id(12)] public bool IsBulk { get; init; }

    /// <summary>What the client asked for with MAIL.</summary>
    [Id(13)] public MailRequest Request { get; init; } = MailRequest.None;

    /// <summary>Of what the sender wants to hear (RFC 3461 4.1).</summary>
    [Id(14)] public Notify Notify { get; init; }

    /// <summary>ORCPT as it was given, <c>rfc822;…</c> or <c>utf-8;…</c>; empty when it was not (RFC 3461 4.2).</summary>
    [Id(15)] public string OriginalRecipient { get; init; } = "";

    /// <summary>The earliest time of the next attempt; <see cref="Due"/> may be earlier when a notice comes before.</summary>
    [Id(16)] public DateTimeOffset NextAttempt { get; init; }

    /// <summary>An operator holds it back: nothing is tried, and its time does not run out.</summary>
    [Id(17)] public bool Held { get; init; }

    /// <summary>The report that is owed to the sender now; None while there is nothing to tell.</summary>
    [Id(18)] public ReportKind Report { get; init; }

    /// <summary>Entries of one message with the same number are told of in one report.</summary>
    [Id(19)] public long ReportNumber { get; init; }

    /// <summary>The delay notice has been sent.</summary>
    [Id(20)] public bool DelayTold { get; init; }

    /// <summary>The latest attempts, the oldest first; at most <see cref="MaxHistory"/>.</summary>
    [Id(21)] public IReadOnlyList<Attempt> History { get; init; } = [];

    /// <summary>A report, from the null sender: it neither holds up users' mail nor waits behind lists'.</summary>
    [Id(22)] public bool IsNotice { get; init; }

    /// <summary>Finished: it stands for a while yet, so that a repeated Accept is a no-op and MSG TRACE can tell.</summary>
    [Id(23)] public bool Finished { get; init; }

    /// <summary>The kind of work that it is now.</summary>
    public QueueLane Lane => this switch
    {
        { Report: not ReportKind.None } or { Failed: true } => QueueLane.Report,
        { Target.Kind: TargetKind.Pipe } => QueueLane.Program,
        { Target.Kind: not TargetKind.Remote } => QueueLane.Local,
        { Status.Length: > 0 } => QueueLane.Retry,
        { IsNotice: true } => QueueLane.Notice,
        { IsBulk: true } => QueueLane.List,
        _ => QueueLane.User,
    };

    /// <summary>Attempts that an entry remembers.</summary>
    public const int MaxHistory = 8;

    /// <summary>Whether its sender hears of a failure: not when there is none, not of a copy, and not when NOTIFY says so.</summary>
    public bool IsReported => Sender.Length > 0 && !Target.IsCopy && (Notify == Notify.Default || Notify.HasFlag(Notify.Failure));
}

/// <summary>An attempt as it ended.</summary>
/// <param name="At">When it began.</param>
/// <param name="Host">The host that answered, as <c>name [address]</c>; empty when none did.</param>
/// <param name="Status">The reply or the cause, with its enhanced status code first.</param>
[GenerateSerializer, Immutable, Alias("mail.Attempt")]
public sealed record Attempt(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Host,
    [property: Id(2)] string Status);

/// <summary>A report to the sender.</summary>
[GenerateSerializer, Alias("mail.ReportKind")]
public enum ReportKind
{
    None = 0,

    /// <summary>It could not be delivered.</summary>
    Failed = 1,

    /// <summary>It has not been delivered yet.</summary>
    Delayed = 2,

    /// <summary>It is in its mailbox.</summary>
    Delivered = 3,

    /// <summary>The next host has it, and reports nothing itself (RFC 3461 5.2.2).</summary>
    Relayed = 4,

    /// <summary>It was sent on to other addresses (RFC 3461 6.2.7.3).</summary>
    Expanded = 5,
}
