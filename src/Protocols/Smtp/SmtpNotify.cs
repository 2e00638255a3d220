namespace Orleans.Mail.Protocols.Smtp;

/// <summary>NOTIFY of RCPT: what the sender wants to hear (RFC 3461 4.1).</summary>
[Flags]
public enum SmtpNotify
{
    /// <summary>Not given.</summary>
    Default = 0,
    Never = 1,
    Success = 2,
    Failure = 4,
    Delay = 8,
}

/// <summary>RET of MAIL: how much of the message a report of failure holds (RFC 3461 4.3).</summary>
public enum SmtpReturn
{
    /// <summary>Not given.</summary>
    Default = 0,
    Full = 1,
    Headers = 2,
}

/// <summary>What MAIL says of delivery reports (RFC 3461).</summary>
/// <param name="Return">RET.</param>
/// <param name="EnvelopeId">ENVID, decoded; empty when it was not given.</param>
public sealed record SmtpReportRequest(SmtpReturn Return, string EnvelopeId);

/// <summary>What RCPT says of delivery reports (RFC 3461).</summary>
/// <param name="Notify">NOTIFY.</param>
/// <param name="OriginalRecipient">ORCPT as it was given; empty when it was not.</param>
public sealed record SmtpRecipientRequest(SmtpNotify Notify, string OriginalRecipient);
