namespace Orleans.Mail;

/// <summary>
/// The router: recipients become deliveries. A reentrant stateless worker; use key 0. Submitting the same message id
/// again delivers nothing twice.
/// </summary>
[Alias("mail.ISubmissionGrain")]
public interface ISubmissionGrain : IGrainWithIntegerKey
{
    /// <summary>Makes the message durable for every recipient before it returns.</summary>
    [Alias("Submit"), ResponseTimeout("00:00:10")]
    Task<SubmitResult> SubmitAsync(Envelope envelope, MessageRef message);
}

/// <summary>The envelope of a message (RFC 5321 2.3.1).</summary>
/// <param name="Sender">The reverse-path without brackets; empty for the null sender.</param>
/// <param name="Recipients">The accepted recipients, in order.</param>
[GenerateSerializer, Immutable, Alias("mail.Envelope")]
public sealed record Envelope(
    [property: Id(0)] string Sender,
    [property: Id(1)] IReadOnlyList<Recipient> Recipients);

/// <summary>One accepted recipient.</summary>
/// <param name="Address">As the client gave it.</param>
/// <param name="MailboxId">Where RCPT found it: ids never come back, so this cannot become somebody else's mailbox.</param>
[GenerateSerializer, Immutable, Alias("mail.Recipient")]
public sealed record Recipient(
    [property: Id(0)] string Address,
    [property: Id(1)] string MailboxId);

/// <summary>How a submission ended.</summary>
/// <param name="Outcomes">One per recipient of the envelope, in its order.</param>
[GenerateSerializer, Immutable, Alias("mail.SubmitResult")]
public sealed record SubmitResult([property: Id(0)] IReadOnlyList<SubmitOutcome> Outcomes);

[GenerateSerializer, Alias("mail.SubmitOutcome")]
public enum SubmitOutcome
{
    /// <summary>Durable in the mailbox.</summary>
    Delivered = 0,

    /// <summary>The mailbox is gone: its user was deleted since RCPT.</summary>
    Gone = 1,

    /// <summary>Storage trouble, or the outcome is unknown: submit again with the same id.</summary>
    TryAgain = 2,
}
