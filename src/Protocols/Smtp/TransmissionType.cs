namespace Orleans.Mail.Protocols.Smtp;

/// <summary>What <c>with</c> in Received says (RFC 3848, RFC 6531 4.3).</summary>
public static class TransmissionType
{
    private static readonly string[] Extended = ["ESMTP", "ESMTPA", "ESMTPS", "ESMTPSA"];
    private static readonly string[] Utf8 = ["UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA"];

    /// <param name="utf8">SMTPUTF8 was asked for.</param>
    /// <param name="extended">The client said EHLO.</param>
    /// <param name="tls">It came over TLS.</param>
    /// <param name="authenticated">The client has authenticated.</param>
    public static string Of(bool utf8, bool extended, bool tls, bool authenticated)
    {
        var index = (tls ? 2 : 0) + (authenticated ? 1 : 0);
        return utf8 ? Utf8[index] : extended || index > 0 ? Extended[index] : "SMTP";
    }
}
