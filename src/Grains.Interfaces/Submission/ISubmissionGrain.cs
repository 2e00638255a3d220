namespace Orleans.Mail;

/// <summary>
/// The router: recipients become a plan, and the plan becomes deliveries. A reentrant stateless worker; any key will do.
/// Submitting the same message id again delivers nothing twice.
/// </summary>
[Alias("mail.ISubmissionGrain")]
public interface ISubmissionGrain : IGrainWithIntegerKey
{
    /// <summary>RCPT: says where mail for an address of ours goes, or why it is refused. Throws when the store is in trouble: a temporary failure.</summary>
    [Alias("Route"), ResponseTimeout("00:00:08")]
    Task<Route> RouteAsync(RouteRequest request);

    /// <summary>Makes the message durable for every recipient before it returns: in the mailbox, or in the queue.</summary>
    [Alias("Submit"), ResponseTimeout("00:00:10")]
    Task<SubmitResult> SubmitAsync(Envelope envelope, MessageRef message);
}

/// <summary>What is asked at RCPT.</summary>
/// <param name="Recipient">An address of one of our domains, or bare <c>postmaster</c>.</param>
/// <param name="Sender">The reverse-path without brackets; empty for the null sender.</param>
/// <param name="Size">Octets of the message as MAIL announced them (RFC 1870); 0 = not known.</param>
/// <param name="MayRelay">The client may relay, so that a sender in one of our domains is believed.</param>
[GenerateSerializer, Immutable, Alias("mail.RouteRequest")]
public sealed record RouteRequest(
    [property: Id(0)] string Recipient,
    [property: Id(1)] string Sender,
    [property: Id(2)] long Size,
    [property: Id(3)] bool MayRelay);

/// <summary>Whether a recipient is taken, and if not, why.</summary>
[GenerateSerializer, Alias("mail.RouteVerdict")]
public enum RouteVerdict
{
    Accepted = 0,

    /// <summary>The name does not exist.</summary>
    NoSuchMailbox = 1,

    /// <summary>The mailbox takes no mail now.</summary>
    Off = 2,

    /// <summary>The chain of forwards ends nowhere, or is too long.</summary>
    Loop = 3,

    /// <summary>The mailbox is over its quota, or would be.</summary>
    Full = 4,

    /// <summary>Larger than the mailbox takes.</summary>
    TooLarge = 5,

    /// <summary>The sender may not post to the list.</summary>
    NotAllowed = 6,
}

/// <param name="Verdict">Whether the recipient is taken.</param>
/// <param name="Recipient">The recipient with its targets, when it is.</param>
[GenerateSerializer, Immutable, Alias("mail.Route")]
public sealed record Route(
    [property: Id(0)] RouteVerdict Verdict,
    [property: Id(1)] Recipient? Recipient);

/// <summary>The envelope of a message (RFC 5321 2.3.1), and what its header says that the router must know.</summary>
/// <param name="Sender">The reverse-path without brackets; empty for the null sender.</param>
/// <param name="Recipients">The accepted recipients, in order.</param>
/// <param name="Size">Octets of the message as the client sent it.</param>
/// <param name="Traits">What its header says.</param>
[GenerateSerializer, Immutable, Alias("mail.Envelope")]
public sealed record Envelope(
    [property: Id(0)] string Sender,
    [property: Id(1)] IReadOnlyList<Recipient> Recipients,
    [property: Id(2)] long Size,
    [property: Id(3)] MessageTraits Traits)
{
    /// <summary>What the client asked for with MAIL.</summary>
    [Id(4)] public MailRequest Request { get; init; } = MailRequest.None;
}

/// <summary>What the header of a message says that decides about its way.</summary>
[GenerateSerializer, Immutable, Alias("mail.MessageTraits")]
public sealed record MessageTraits
{
    public static readonly MessageTraits None = new();

    /// <summary>Auto-Submitted is there, and is not <c>no</c> (RFC 3834): lists refuse it.</summary>
    [Id(0)] public bool AutoSubmitted { get; init; }

    /// <summary>The identifiers of List-Id fields (RFC 2919), without brackets, in lower case: a list refuses its own.</summary>
    [Id(1)] public IReadOnlyList<string> ListIds { get; init; } = [];

    /// <summary>The addresses of Delivered-To fields, as <see cref="MailAddress.Key"/>: whoever stands here has had the message.</summary>
    [Id(2)] public IReadOnlyList<string> DeliveredTo { get; init; } = [];
}

/// <summary>How a submission ended.</summary>
/// <param name="Outcomes">One per recipient of the envelope, in its order.</param>
[GenerateSerializer, Immutable, Alias("mail.SubmitResult")]
public sealed record SubmitResult([property: Id(0)] IReadOnlyList<SubmitOutcome> Outcomes);

/// <summary>What became of a recipient. Unless all are refused, none is: those that fail later are the queue's.</summary>
[GenerateSerializer, Alias("mail.SubmitOutcome")]
public enum SubmitOutcome
{
    /// <summary>Durable: in its mailbox or in the queue.</summary>
    Delivered = 0,

    /// <summary>The mailbox is gone: its user was deleted since RCPT.</summary>
    Gone = 1,

    /// <summary>Storage trouble, or the outcome is unknown: submit again with the same id.</summary>
    TryAgain = 2,

    /// <summary>The mailbox is over its quota.</summary>
    Full = 3,

    /// <summary>Larger than the mailbox takes.</summary>
    TooLarge = 4,

    /// <summary>The message was there before: a loop.</summary>
    Loop = 5,

    /// <summary>The list takes no such message.</summary>
    NotAllowed = 6,
}
