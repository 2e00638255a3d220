namespace Orleans.Mail.Grains;

/// <summary>
/// The way to other hosts, one for the process: knows destinations by their MX sets, how many connections each of them
/// bears, and which of them are dead. Its members may be called from any thread, and never inside a grain's turn for long.
/// </summary>
public interface IRelay
{
    /// <summary>Waits for a place at a destination, in turn. Never fails: a destination that takes nothing now is an answer.</summary>
    /// <param name="domain">The domain of the recipients, in lower-case A-labels; or an address literal.</param>
    /// <param name="lane">Whose mail it is: reports and lists leave room for users' mail.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<RelayEntrance> EnterAsync(string domain, RelayLane lane, CancellationToken cancellationToken);

    /// <summary>What this process has sent, and is connected to.</summary>
    RelayUsage Usage { get; }
}

/// <param name="Sent">Messages that a peer took, since the process started.</param>
/// <param name="Connections">Open connections to peers, idle ones among them.</param>
public readonly record struct RelayUsage(long Sent, int Connections);

/// <summary>Whose mail it is.</summary>
public enum RelayLane
{
    /// <summary>What a user sends, for the first time.</summary>
    User = 0,

    /// <summary>A report of ours.</summary>
    Notice = 1,

    /// <summary>A list's.</summary>
    Bulk = 2,

    /// <summary>What has failed before.</summary>
    Retry = 3,
}

/// <summary>The answer to who wants to send to a destination.</summary>
public abstract record RelayEntrance
{
    private RelayEntrance()
    {
    }

    /// <summary>Come in.</summary>
    /// <param name="Place">The place; dispose it when nothing more is to be sent.</param>
    public sealed record Open(IRelayPlace Place) : RelayEntrance;

    /// <summary>Not now: DNS is in trouble, no host can be reached, or the destination rests after failures.</summary>
    /// <param name="Status">Why, with its enhanced status code first.</param>
    /// <param name="Until">No attempt before this time makes sense; null = as the schedule says.</param>
    public sealed record Closed(string Status, DateTimeOffset? Until) : RelayEntrance;

    /// <summary>Never: no such domain, a domain that takes no mail, or one whose best host is this one.</summary>
    /// <param name="Status">Why, with its enhanced status code first.</param>
    public sealed record Refused(string Status) : RelayEntrance;
}

/// <summary>The right to send one message at a time to a destination.</summary>
public interface IRelayPlace : IAsyncDisposable
{
    /// <summary>
    /// Sends a message. Never fails, except when cancelled: every recipient gets an outcome. Connections are reused.
    /// </summary>
    Task<RelayReport> SendAsync(RelayMessage message, CancellationToken cancellationToken);
}

/// <summary>A message for some recipients of one destination.</summary>
public sealed record RelayMessage
{
    public required MessageId Id { get; init; }

    /// <summary>The reverse-path that the peer hears; empty for the null sender.</summary>
    public required string Sender { get; init; }

    /// <summary>At least one, all of the destination.</summary>
    public required IReadOnlyList<RelayRecipient> Recipients { get; init; }

    public required BodyRef Body { get; init; }

    /// <summary>What the client asked for with MAIL.</summary>
    public MailRequest Request { get; init; } = MailRequest.None;

    /// <summary>For a Delivered-To field before the message; empty = none.</summary>
    public string DeliveredTo { get; init; } = "";

    /// <summary>Asked right before the end of data is sent: whether the claim still holds. If not, the connection is cut, and nothing was sent.</summary>
    public Func<bool> MayFinish { get; init; } = static () => true;
}

/// <param name="Address">The forward-path without brackets.</param>
/// <param name="Notify">NOTIFY for a peer that knows DSN.</param>
/// <param name="OriginalRecipient">ORCPT, or empty.</param>
public sealed record RelayRecipient(string Address, Notify Notify, string OriginalRecipient);

/// <summary>How a message was sent.</summary>
/// <param name="Outcomes">One per recipient, in their order.</param>
public sealed record RelayReport(IReadOnlyList<RelayOutcome> Outcomes);

/// <summary>What became of a recipient.</summary>
/// <param name="Verdict">Done, to be tried again, or failed.</param>
/// <param name="Status">With the enhanced status code first (RFC 3463), then the peer's reply or the cause: <c>5.1.1 550 5.1.1 no such user</c>.</param>
/// <param name="Host">The host that answered, as <c>name [address]</c>; empty when none did.</param>
/// <param name="PeerReports">The peer takes over the reports that NOTIFY asks for (RFC 3461 5.2).</param>
public sealed record RelayOutcome(RelayVerdict Verdict, string Status, string Host, bool PeerReports = false);

public enum RelayVerdict
{
    /// <summary>The peer has it.</summary>
    Sent = 0,

    /// <summary>To be tried again; also when the peer's answer to the end of data was lost.</summary>
    Later = 1,

    /// <summary>Not to be tried again.</summary>
    Failed = 2,
}
