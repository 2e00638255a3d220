namespace Orleans.Mail.LoadGenerator.Smtp;

/// <summary>How connections are encrypted.</summary>
internal enum TlsMode
{
    None = 0,

    /// <summary>By STARTTLS after EHLO.</summary>
    StartTls,

    /// <summary>From the first octet on.</summary>
    Implicit,
}
