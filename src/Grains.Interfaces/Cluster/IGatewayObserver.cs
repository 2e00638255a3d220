namespace Orleans.Mail;

/// <summary>What the cluster asks a gateway. Its reference travels with <see cref="ProcessReport.Gateway"/>.</summary>
[Alias("mail.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>A page of the open sessions in the order in which they began, those after <paramref name="after"/> (0 = from the first).</summary>
    [Alias("ListSessions"), ResponseTimeout("00:00:02")]
    Task<IReadOnlyList<SessionInfo>> ListSessionsAsync(SessionProtocol protocol, long after, int limit);

    /// <summary>A message that this gateway took lately; null when it does not remember it.</summary>
    [Alias("FindMessage"), ResponseTimeout("00:00:02")]
    Task<AcceptedMessage?> FindMessageAsync(MessageId id);
}

/// <summary>A message that a gateway took, as MSG TRACE shows it.</summary>
/// <param name="Accepted">When its 250 was said.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Sender">The reverse-path without brackets.</param>
/// <param name="Recipients">Its recipients with their targets.</param>
/// <param name="Size">Octets.</param>
[GenerateSerializer, Immutable, Alias("mail.AcceptedMessage")]
public sealed record AcceptedMessage(
    [property: Id(0)] DateTimeOffset Accepted,
    [property: Id(1)] string Client,
    [property: Id(2)] string Sender,
    [property: Id(3)] IReadOnlyList<Recipient> Recipients,
    [property: Id(4)] long Size);

[GenerateSerializer, Alias("mail.SessionProtocol")]
public enum SessionProtocol
{
    Smtp = 0,
    Pop3 = 1,
}

/// <summary>A client's session as CONN shows it.</summary>
/// <param name="Number">Grows from session to session of a gateway; the cursor of the pages.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Started">When it connected.</param>
/// <param name="Name">The name given by HELO, or the POP3 user; empty before.</param>
/// <param name="Sender">The sender in angle brackets; empty outside of a transaction.</param>
/// <param name="Recipient">The latest recipient in angle brackets; empty while there is none.</param>
/// <param name="Size">Octets of the message so far.</param>
[GenerateSerializer, Immutable, Alias("mail.SessionInfo")]
public sealed record SessionInfo(
    [property: Id(0)] long Number,
    [property: Id(1)] string Address,
    [property: Id(2)] DateTimeOffset Started,
    [property: Id(3)] string Name,
    [property: Id(4)] string Sender,
    [property: Id(5)] string Recipient,
    [property: Id(6)] long Size);
