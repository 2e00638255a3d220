namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// A command line as it was understood. A line that is no command, or has bad arguments, is a command too: its
/// <see cref="Fault"/> is the reply to it.
/// </summary>
public readonly record struct SmtpCommand(SmtpVerb Verb)
{
    /// <summary>What is wrong with the line; null when nothing is.</summary>
    public SmtpReply? Fault { get; init; }

    /// <summary>The line could not be read as a verb at all; <see cref="Fault"/> answers it in every state.</summary>
    public bool IsUnreadable => Verb == SmtpVerb.Unknown && Fault is not null;

    /// <summary>The name that HELO or EHLO gave.</summary>
    public string? Name { get; init; }

    /// <summary>The path of MAIL or RCPT.</summary>
    public SmtpPath? Path { get; init; }

    /// <summary>Whether MAIL or RCPT had ESMTP parameters.</summary>
    public bool HasParameters { get; init; }

    /// <summary>SIZE of MAIL: octets that the client expects to send; 0 when it does not say (RFC 1870).</summary>
    public long Size { get; init; }

    /// <summary>SMTPUTF8 of MAIL (RFC 6531).</summary>
    public bool Utf8 { get; init; }

    /// <summary>RET and ENVID of MAIL; null when neither was given (RFC 3461).</summary>
    public SmtpReportRequest? Reports { get; init; }

    /// <summary>NOTIFY and ORCPT of RCPT; null when neither was given (RFC 3461).</summary>
    public SmtpRecipientRequest? RecipientReports { get; init; }

    /// <summary>MAIL says who first submitted the mail (RFC 4954 section 5). Nobody is believed, so the value is not kept.</summary>
    public bool HasAuth { get; init; }

    /// <summary>AUTH: the mechanism's name (RFC 4954).</summary>
    public string? Mechanism { get; init; }

    /// <summary>AUTH: what came after the mechanism; null when nothing did.</summary>
    public string? InitialResponse { get; init; }

    /// <summary>BDAT: octets of the chunk that follows the line (RFC 3030).</summary>
    public long ChunkLength { get; init; }

    /// <summary>BDAT: the chunk is the message's last.</summary>
    public bool IsLast { get; init; }

    /// <summary>The verb only: a command may hold a password.</summary>
    public override string ToString() => Verb.ToString();
}
