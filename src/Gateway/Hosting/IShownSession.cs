namespace Orleans.Mail.Gateway.Hosting;

/// <summary>A session that CONN shows.</summary>
internal interface IShownSession
{
    /// <summary>Where the session is. Called beside the session, which goes on meanwhile.</summary>
    SessionFacts Describe();
}

/// <param name="Name">The name given by HELO, or the POP3 user; empty before.</param>
/// <param name="Sender">The sender in angle brackets; empty outside of a transaction.</param>
/// <param name="Recipient">The latest recipient in angle brackets; empty while there is none.</param>
/// <param name="Size">Octets of the message so far.</param>
internal readonly record struct SessionFacts(string Name, string Sender = "", string Recipient = "", long Size = 0);
