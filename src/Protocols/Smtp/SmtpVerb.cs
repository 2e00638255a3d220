using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>The commands of SMTP (RFC 5321 4.1.1, RFC 3030, RFC 3207, RFC 4954).</summary>
public enum SmtpVerb
{
    Unknown = 0,
    Helo,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Quit,
    Vrfy,
    Expn,
    Help,
    StartTls,
    Auth,
}

internal static class SmtpVerbs
{
    /// <summary>The verb that a word names, in any case (RFC 5321 2.4).</summary>
    public static SmtpVerb Find(ReadOnlySpan<byte> word) => word.Length switch
    {
        4 when Is(word, "MAIL"u8) => SmtpVerb.Mail,
        4 when Is(word, "RCPT"u8) => SmtpVerb.Rcpt,
        4 when Is(word, "DATA"u8) => SmtpVerb.Data,
        4 when Is(word, "BDAT"u8) => SmtpVerb.Bdat,
        4 when Is(word, "EHLO"u8) => SmtpVerb.Ehlo,
        4 when Is(word, "HELO"u8) => SmtpVerb.Helo,
        4 when Is(word, "QUIT"u8) => SmtpVerb.Quit,
        4 when Is(word, "RSET"u8) => SmtpVerb.Rset,
        4 when Is(word, "NOOP"u8) => SmtpVerb.Noop,
        4 when Is(word, "VRFY"u8) => SmtpVerb.Vrfy,
        4 when Is(word, "EXPN"u8) => SmtpVerb.Expn,
        4 when Is(word, "HELP"u8) => SmtpVerb.Help,
        4 when Is(word, "AUTH"u8) => SmtpVerb.Auth,
        8 when Is(word, "STARTTLS"u8) => SmtpVerb.StartTls,
        _ => SmtpVerb.Unknown,
    };

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);
}
