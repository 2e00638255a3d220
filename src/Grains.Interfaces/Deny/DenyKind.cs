namespace Orleans.Mail;

/// <summary>What a deny entry is about, and in which direction.</summary>
public enum DenyKind
{
    /// <summary>Addresses that may not connect.</summary>
    IpIn = 0,

    /// <summary>Addresses that we do not connect to.</summary>
    IpOut = 1,

    /// <summary>Domains whose senders are refused.</summary>
    DomainIn = 2,

    /// <summary>Domains that mail is not sent to.</summary>
    DomainOut = 3,

    /// <summary>Senders that are refused.</summary>
    MailboxIn = 4,

    /// <summary>Recipients that mail is not sent to.</summary>
    MailboxOut = 5,
}
