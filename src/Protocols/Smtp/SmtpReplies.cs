namespace Orleans.Mail.Protocols.Smtp;

/// <summary>Every reply that the server gives, by name. Texts are general: the log has the causes.</summary>
public static class SmtpReplies
{
    public static readonly SmtpReply StartTls = new(220, "2.0.0", "begin TLS");
    public static readonly SmtpReply Closing = new(221, "2.0.0", "closing the connection");
    public static readonly SmtpReply Authenticated = new(235, "2.7.0", "authentication succeeded");
    public static readonly SmtpReply Reset = new(250, "2.0.0", "reset");
    public static readonly SmtpReply Done = new(250, "2.0.0", "ok");
    public static readonly SmtpReply SenderAccepted = new(250, "2.1.0", "sender ok");
    public static readonly SmtpReply RecipientAccepted = new(250, "2.1.5", "recipient ok");
    public static readonly SmtpReply ChunkAccepted = new(250, "2.0.0", "chunk taken");
    public static readonly SmtpReply NotVerified = new(252, "2.1.5", "send some mail, and I will try to deliver it");
    public static readonly SmtpReply StartMail = new(354, "", "send the message, end it with <CRLF>.<CRLF>");

    public static readonly SmtpReply Help = new(
        214,
        "2.0.0",
        "HELO EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY HELP",
        "see RFC 5321 for what they mean");

    public static readonly SmtpReply Stopping = new(421, "4.3.2", "the server is stopping");
    public static readonly SmtpReply TimedOut = new(421, "4.4.2", "timed out");
    public static readonly SmtpReply TooManyConnections = new(421, "4.7.0", "too many connections, try again later");
    public static readonly SmtpReply TooManyErrors = new(421, "4.7.0", "too many errors");
    public static readonly SmtpReply AddressBlocked = new(421, "4.7.0", "your address is blocked for a while");
    public static readonly SmtpReply TooManyInAMinute = new(421, "4.7.0", "too many messages in a minute, try again later");
    public static readonly SmtpReply LoginOver = new(421, "4.7.0", "the login holds no longer; log in again");
    public static readonly SmtpReply TooManyLogins = new(421, "4.7.0", "too many failed logins");
    public static readonly SmtpReply TooManyMessages = new(421, "4.7.0", "too many messages on one connection");

    public static readonly SmtpReply MailboxOff = new(450, "4.2.1", "the mailbox takes no mail now");
    public static readonly SmtpReply TryAgain = new(451, "4.3.0", "temporary trouble here, try again later");
    public static readonly SmtpReply MailboxFull = new(452, "4.2.2", "the mailbox is full");
    public static readonly SmtpReply TooManyRecipients = new(452, "4.5.3", "too many recipients");

    // RFC 4954 section 6
    public static readonly SmtpReply LoginUnavailable = new(454, "4.7.0", "logins cannot be checked now, try again later");

    public static readonly SmtpReply UnknownCommand = new(500, "5.5.1", "unknown command");
    public static readonly SmtpReply BadSyntax = new(500, "5.5.2", "this is no command line");
    public static readonly SmtpReply LineTooLong = new(500, "5.5.2", "the line is too long");
    public static readonly SmtpReply LoneLineFeed = new(500, "5.5.2", "a line ends with CR and LF");
    public static readonly SmtpReply ResponseTooLong = new(500, "5.5.6", "the line is too long"); // RFC 4954 section 6
    public static readonly SmtpReply BadArguments = new(501, "5.5.4", "bad arguments");
    public static readonly SmtpReply BadSender = new(501, "5.1.7", "bad sender address");
    public static readonly SmtpReply BadRecipient = new(501, "5.1.3", "bad recipient address");
    public static readonly SmtpReply NoBrackets = new(501, "5.5.4", "the address stands between < and >");
    public static readonly SmtpReply BadResponse = new(501, "5.5.2", "that is no response of this mechanism");
    public static readonly SmtpReply AuthCancelled = new(501, "5.7.0", "authentication cancelled");
    public static readonly SmtpReply NotImplemented = new(502, "5.5.1", "not implemented");
    public static readonly SmtpReply HelloFirst = new(503, "5.5.1", "say EHLO or HELO first");
    public static readonly SmtpReply MailFirst = new(503, "5.5.1", "say MAIL first");
    public static readonly SmtpReply RecipientFirst = new(503, "5.5.1", "no recipient was accepted");
    public static readonly SmtpReply NestedMail = new(503, "5.5.1", "a transaction is open already");
    public static readonly SmtpReply TlsIsOn = new(503, "5.5.1", "TLS is on already");
    public static readonly SmtpReply ChunksBegun = new(503, "5.5.1", "the message comes by BDAT");
    public static readonly SmtpReply ChunkRefused = new(503, "5.5.1", "a chunk before was refused");
    public static readonly SmtpReply ExtendedHelloFirst = new(503, "5.5.1", "say EHLO first");
    public static readonly SmtpReply AuthOutsideMail = new(503, "5.5.1", "a transaction is open");
    public static readonly SmtpReply AuthenticatedAlready = new(503, "5.5.1", "authenticated already");
    public static readonly SmtpReply UnknownMechanism = new(504, "5.5.4", "unknown mechanism");

    public static readonly SmtpReply AuthRequired = new(530, "5.7.0", "authentication required");
    public static readonly SmtpReply TlsRequired = new(530, "5.7.0", "say STARTTLS first");
    public static readonly SmtpReply LoginRefused = new(535, "5.7.8", "authentication failed");
    public static readonly SmtpReply EncryptionRequired = new(538, "5.7.11", "authentication needs an encrypted connection");

    public static readonly SmtpReply NoSuchMailbox = new(550, "5.1.1", "no such mailbox");
    public static readonly SmtpReply RoutingLoop = new(550, "5.4.6", "the address leads nowhere: a loop, or too many forwards");
    public static readonly SmtpReply NotAllowed = new(550, "5.7.1", "the list does not take mail from you");
    public static readonly SmtpReply NoRelay = new(550, "5.7.1", "that domain is not ours, and we do not relay");
    public static readonly SmtpReply SenderDenied = new(550, "5.7.1", "mail of that sender is not taken here");
    public static readonly SmtpReply RecipientDenied = new(550, "5.7.1", "mail to that recipient is not sent from here");
    public static readonly SmtpReply TooLargeForMailbox = new(552, "5.2.3", "the message is larger than the mailbox takes");
    public static readonly SmtpReply TooLargeForSender = new(552, "5.2.3", "the message is larger than the sender may send");
    public static readonly SmtpReply TooLarge = new(552, "5.3.4", "the message is too large");
    public static readonly SmtpReply SenderNotOwn = new(553, "5.7.1", "that sender address is not yours");
    public static readonly SmtpReply NeedsUtf8 = new(553, "5.6.7", "a non-ASCII address needs SMTPUTF8");
    public static readonly SmtpReply BareLineEnds = new(554, "5.6.0", "the message has a CR without LF or a LF without CR");
    public static readonly SmtpReply MailLoop = new(554, "5.4.6", "too many Received fields: a mail loop");
    public static readonly SmtpReply AddressDenied = new(554, "5.7.1", "your address is denied");
    public static readonly SmtpReply EarlyTalker = new(554, "5.5.1", "you spoke before the greeting");
    public static readonly SmtpReply DeliveredBefore = new(554, "5.4.6", "the message was delivered here before: a mail loop");
    public static readonly SmtpReply UnknownParameter = new(555, "5.5.4", "unknown parameter");

    /// <summary>The first line of a connection; <paramref name="date"/> is <see cref="InternetDate"/>'s.</summary>
    public static SmtpReply Greeting(string host, string version, string date) =>
        new(220, "", $"{host} eXtremail-compatible Orleans.Mail V{version} ESMTP server ready {date}");

    public static SmtpReply Hello(string host) => new(250, "", host);

    /// <summary>EHLO's answer (RFC 5321 4.1.1.1).</summary>
    /// <param name="host">Our name.</param>
    /// <param name="maxMessageSize">0 is no fixed limit.</param>
    /// <param name="maxRecipients">Recipients of a message.</param>
    /// <param name="maxMessages">Messages on one connection.</param>
    /// <param name="startTls">Whether STARTTLS is offered.</param>
    /// <param name="mechanisms">Those of AUTH, parted by spaces; empty = AUTH is not offered.</param>
    public static SmtpReply Extensions(string host, long maxMessageSize, int maxRecipients, int maxMessages, bool startTls, string mechanisms) => new(
        250,
        "",
        [
            host,
            "PIPELINING", // RFC 2920
            $"SIZE {maxMessageSize}", // RFC 1870
            .. startTls ? ["STARTTLS"] : Array.Empty<string>(), // RFC 3207
            .. mechanisms.Length > 0 ? [$"AUTH {mechanisms}"] : Array.Empty<string>(), // RFC 4954
            "8BITMIME", // RFC 6152
            "SMTPUTF8", // RFC 6531
            "ENHANCEDSTATUSCODES", // RFC 2034
            "CHUNKING", // RFC 3030
            "DSN", // RFC 3461
            $"LIMITS MAILMAX={maxMessages} RCPTMAX={maxRecipients}", // RFC 9422
            "HELP",
        ]);

    /// <summary>The server's turn in a SASL exchange (RFC 4954 section 4).</summary>
    public static SmtpReply Challenge(string text) => new(334, "", text);

    /// <summary>The message is durable for every recipient.</summary>
    public static SmtpReply Queued(string messageId) => new(250, "2.0.0", $"queued as {messageId}");

    /// <summary>A fault of ours; the log has its cause under the connection's id.</summary>
    public static SmtpReply Fault(string connectionId) => new(451, "4.3.0", $"something went wrong here, try again later ({connectionId})");
}
