namespace Orleans.Mail;

/// <summary>
/// A mailbox. Key: its mailbox id, which outlives renames and never comes back. It is the single writer of the mailbox's
/// rows; every write is conditional, so a stale activation can change nothing. Methods throw when the store is in
/// trouble or the outcome stays unknown: the caller repeats with the same ids.
/// </summary>
[Alias("mail.IMailboxGrain")]
public interface IMailboxGrain : IGrainWithStringKey
{
    /// <summary>Adds a stored message durably. Idempotent: the same message id twice is one entry, also after its deletion.</summary>
    [Alias("Append"), ResponseTimeout("00:00:05")]
    Task<AppendResult> AppendAsync(Delivery delivery);

    /// <summary>Messages and bytes, without a session.</summary>
    [Alias("ReadUsage"), ResponseTimeout("00:00:05")]
    Task<MailboxUsage> ReadUsageAsync();

    /// <summary>
    /// Opens the mailbox for one session (RFC 1939 section 4: an exclusive-access lock). A holder that has shown no
    /// activity for longer than <paramref name="takeOverAfter"/> loses its lease, and its deletions are refused.
    /// Idempotent by <paramref name="session"/>: who does not hear the answer asks again, or releases the mailbox.
    /// </summary>
    /// <param name="session">Names the session; it becomes the token of its lease.</param>
    /// <param name="takeOverAfter">How long a holder may be silent.</param>
    [Alias("Open"), ResponseTimeout("00:00:05")]
    Task<OpenResult> OpenAsync(MessageId session, TimeSpan takeOverAfter);

    /// <summary>Keeps the lease. A gateway calls it every 20 s; a lease not renewed for a minute is free.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="silent">How long the client has been silent.</param>
    /// <returns>False when the lease is no longer ours.</returns>
    [Alias("Renew"), ResponseTimeout("00:00:05")]
    Task<bool> RenewAsync(MailboxLease lease, TimeSpan silent);

    /// <summary>
    /// A page of the snapshot that <paramref name="lease"/> opened, in the order of message ids, those after
    /// <paramref name="after"/> (null = from the start). Null when the lease is lost.
    /// </summary>
    [Alias("ReadIndex"), ResponseTimeout("00:00:05")]
    Task<IndexPage?> ReadIndexAsync(MailboxLease lease, MessageId? after, int limit);

    /// <summary>QUIT: deletes durably, or not at all, and frees the lease. Idempotent by the lease.</summary>
    [Alias("Quit"), ResponseTimeout("00:00:10")]
    Task<QuitResult> QuitAsync(MailboxLease lease, IReadOnlyList<MailboxDeletion> deletions);

    /// <summary>Frees the lease of a session and deletes nothing: a broken connection or a time-out.</summary>
    [Alias("Release"), ResponseTimeout("00:00:05")]
    Task ReleaseAsync(MessageId session);

    /// <summary>Closes the mailbox for ever: its user was deleted. Appends are refused, an open session ends, rows and bodies go in the background.</summary>
    [Alias("Close"), ResponseTimeout("00:00:10")]
    Task CloseAsync();
}

/// <summary>One message for one mailbox.</summary>
/// <param name="Message">The message; its body is durable, or waits to become so with this entry.</param>
/// <param name="DeliveredTo">The address it was sent to, for the Delivered-To field in front of the body.</param>
/// <param name="Quota">Octets that the mailbox may hold with it; 0 = no limit.</param>
[GenerateSerializer, Immutable, Alias("mail.Delivery")]
public sealed record Delivery(
    [property: Id(0)] MessageRef Message,
    [property: Id(1)] string DeliveredTo,
    [property: Id(2)] long Quota = 0);

[GenerateSerializer, Alias("mail.AppendResult")]
public enum AppendResult
{
    /// <summary>The message is in the mailbox, durably (or was before).</summary>
    Done = 0,

    /// <summary>The mailbox is closed: its user was deleted.</summary>
    Closed = 1,

    /// <summary>The body that the delivery names is not there: it was never put, or was given up.</summary>
    BodyMissing = 2,

    /// <summary>The mailbox would be over its quota.</summary>
    Full = 3,

    /// <summary>The mailbox has had the message before, with another body, or has deleted it: this body is not used.</summary>
    HadBefore = 4,
}

/// <summary>What a mailbox holds.</summary>
[GenerateSerializer, Immutable, Alias("mail.MailboxUsage")]
public sealed record MailboxUsage(
    [property: Id(0)] long Messages,
    [property: Id(1)] long Bytes);

/// <summary>The right of one session to delete from a mailbox.</summary>
/// <param name="Token">Names the session.</param>
/// <param name="Epoch">The mailbox's epoch when it was granted; a take-over starts a new one, durably.</param>
/// <param name="Sequence">The last arrival of the session's snapshot.</param>
[GenerateSerializer, Immutable, Alias("mail.MailboxLease")]
public sealed record MailboxLease(
    [property: Id(0)] MessageId Token,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long Sequence);

[GenerateSerializer, Alias("mail.OpenStatus")]
public enum OpenStatus
{
    Granted = 0,

    /// <summary>Another session holds the mailbox.</summary>
    InUse = 1,

    /// <summary>The mailbox was closed: its user was deleted.</summary>
    Closed = 2,
}

/// <param name="Status">Whether the session was opened.</param>
/// <param name="Lease">The lease when it was.</param>
/// <param name="Usage">Messages and bytes of the snapshot when it was.</param>
[GenerateSerializer, Immutable, Alias("mail.OpenResult")]
public sealed record OpenResult(
    [property: Id(0)] OpenStatus Status,
    [property: Id(1)] MailboxLease? Lease,
    [property: Id(2)] MailboxUsage? Usage);

/// <summary>A message of a mailbox.</summary>
/// <param name="Id">Its id: the UIDL value.</param>
/// <param name="Sequence">Its place in the order of arrival.</param>
/// <param name="Size">Exact octets as a client receives them, before dot-stuffing: the Delivered-To field and the body.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="DeliveredTo">The address it was sent to.</param>
[GenerateSerializer, Immutable, Alias("mail.MailboxEntry")]
public sealed record MailboxEntry(
    [property: Id(0)] MessageId Id,
    [property: Id(1)] long Sequence,
    [property: Id(2)] long Size,
    [property: Id(3)] BodyRef Body,
    [property: Id(4)] string DeliveredTo);

/// <param name="Entries">In the order of ids.</param>
/// <param name="Next">Pass it as the cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.IndexPage")]
public sealed record IndexPage(
    [property: Id(0)] IReadOnlyList<MailboxEntry> Entries,
    [property: Id(1)] MessageId? Next);

/// <summary>A message that a session deletes.</summary>
[GenerateSerializer, Immutable, Alias("mail.MailboxDeletion")]
public readonly record struct MailboxDeletion(
    [property: Id(0)] MessageId Id,
    [property: Id(1)] long Size);

[GenerateSerializer, Alias("mail.QuitResult")]
public enum QuitResult
{
    Done = 0,

    /// <summary>The lease was lost (taken over, or the mailbox was closed): nothing was deleted.</summary>
    LeaseLost = 1,
}
