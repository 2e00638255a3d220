namespace Orleans.Mail.Protocols.Smtp;

/// <summary>How a message came, as Received says it: RFC 3848, RFC 6531 4.3.</summary>
public static class TransmissionType
{
    /// <param name="isUtf8">MAIL asked for SMTPUTF8.</param>
    /// <param name="isExtended">The client said EHLO.</param>
    /// <param name="isEncrypted">Over TLS.</param>
    /// <param name="isAuthenticated">After AUTH.</param>
    public static string Name(bool isUtf8, bool isExtended, bool isEncrypted, bool isAuthenticated) => (isUtf8, isEncrypted, isAuthenticated) switch
    {
        _ when !isExtended => "SMTP", // has no names of its own for TLS
        (false, false, false) => "ESMTP",
        (false, true, false) => "ESMTPS",
        (false, false, true) => "ESMTPA",
        (false, true, true) => "ESMTPSA",
        (true, false, false) => "UTF8SMTP",
        (true, true, false) => "UTF8SMTPS",
        (true, false, true) => "UTF8SMTPA",
        (true, true, true) => "UTF8SMTPSA",
    };
}
