namespace Orleans.Mail.Gateway.Hosting;

/// <summary>The listeners of a gateway: the one that a connection came in by.</summary>
public enum MailPort
{
    /// <summary>Mail from other servers (25), with STARTTLS.</summary>
    Smtp = 0,

    /// <summary>Mail from users (587, RFC 6409), with STARTTLS.</summary>
    Submission,

    /// <summary>Mail from users over TLS (465, RFC 8314 3.3).</summary>
    Submissions,

    /// <summary>POP3 (110), with STLS.</summary>
    Pop3,

    /// <summary>POP3 over TLS (995, RFC 8314 3.2).</summary>
    Pop3s,

    /// <summary>The management protocol, over TLS where Management:Tls says so.</summary>
    Management,
}

public static class MailPorts
{
    /// <summary>The port is for users (RFC 6409): mail is taken only after a login, and made whole.</summary>
    public static bool IsSubmission(this MailPort port) => port is MailPort.Submission or MailPort.Submissions;
}
