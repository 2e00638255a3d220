namespace Orleans.Mail.Protocols.Smtp;

/// <summary>The order of commands (RFC 5321 4.1.4, RFC 3030 section 2): which verb is allowed in which state.</summary>
public static class SmtpLegality
{
    /// <summary>Null when <paramref name="verb"/> is allowed in <paramref name="state"/>, else the reply that refuses it.</summary>
    public static SmtpReply? Refuse(SmtpState state, SmtpVerb verb) => (verb, state) switch
    {
        (SmtpVerb.Mail, SmtpState.Connected) => SmtpReplies.HelloFirst,
        (SmtpVerb.Mail, SmtpState.Greeted) => null,
        (SmtpVerb.Mail, _) => SmtpReplies.NestedMail,

        (SmtpVerb.Rcpt, SmtpState.Connected) => SmtpReplies.HelloFirst,
        (SmtpVerb.Rcpt, SmtpState.Greeted) => SmtpReplies.MailFirst,
        (SmtpVerb.Rcpt, SmtpState.Sender or SmtpState.Recipients) => null,
        (SmtpVerb.Rcpt, SmtpState.Chunks) => SmtpReplies.ChunksBegun,
        (SmtpVerb.Rcpt, SmtpState.ChunksRefused) => SmtpReplies.ChunkRefused,

        (SmtpVerb.Data or SmtpVerb.Bdat, SmtpState.Connected) => SmtpReplies.HelloFirst,
        (SmtpVerb.Data or SmtpVerb.Bdat, SmtpState.Greeted) => SmtpReplies.MailFirst,
        (SmtpVerb.Data or SmtpVerb.Bdat, SmtpState.Sender) => SmtpReplies.RecipientFirst,
        (SmtpVerb.Data or SmtpVerb.Bdat, SmtpState.Recipients) => null,
        (SmtpVerb.Data, SmtpState.Chunks) => SmtpReplies.ChunksBegun,
        (SmtpVerb.Bdat, SmtpState.Chunks) => null,
        (SmtpVerb.Data or SmtpVerb.Bdat, SmtpState.ChunksRefused) => SmtpReplies.ChunkRefused,

        (SmtpVerb.StartTls, SmtpState.Connected) => SmtpReplies.HelloFirst,

        (SmtpVerb.Auth, SmtpState.Connected) => SmtpReplies.HelloFirst,
        (SmtpVerb.Auth, SmtpState.Greeted) => null,
        (SmtpVerb.Auth, _) => SmtpReplies.AuthOutsideMail, // RFC 4954 section 4

        // Not offered: EXPN tells strangers who is here.
        (SmtpVerb.Expn, _) => SmtpReplies.NotImplemented,
        (SmtpVerb.Unknown, _) => SmtpReplies.UnknownCommand,

        // HELO, EHLO, RSET, NOOP, QUIT, VRFY and HELP are allowed at any time.
        _ => null,
    };
}
