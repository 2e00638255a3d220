using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>Understands one command line without its line end and without spaces at its end.</summary>
internal static class SmtpCommandParser
{
    public static SmtpCommand Parse(ReadOnlySpan<byte> line, bool allowBarePaths)
    {
        var space = line.IndexOf((byte)' ');
        var verb = SmtpVerbs.Find(space < 0 ? line : line[..space]);
        var arguments = space < 0 ? [] : line[space..].TrimStart((byte)' ');
        return verb switch
        {
            SmtpVerb.Mail => ParseMail(arguments, allowBarePaths),
            SmtpVerb.Rcpt => ParseRcpt(arguments, allowBarePaths),
            SmtpVerb.Bdat => ParseBdat(arguments),
            SmtpVerb.Auth => ParseAuth(arguments),
            SmtpVerb.Helo or SmtpVerb.Ehlo => ParseHello(verb, arguments),
            SmtpVerb.Data or SmtpVerb.Rset or SmtpVerb.Quit or SmtpVerb.StartTls when !arguments.IsEmpty => Bad(verb, SmtpReplies.BadArguments),
            SmtpVerb.Vrfy when arguments.IsEmpty => Bad(verb, SmtpReplies.BadArguments),
            _ => new(verb),
        };
    }

    private static SmtpCommand Bad(SmtpVerb verb, SmtpReply fault) => new(verb) { Fault = fault };

    // RFC 5321 4.1.1.1. What stands there is never trusted, so more is taken than the grammar allows: names with
    // underscores and the like are common.
    private static SmtpCommand ParseHello(SmtpVerb verb, ReadOnlySpan<byte> name) =>
        name.IsEmpty || name.Contains((byte)' ') || !Utf8.IsValid(name)
            ? Bad(verb, SmtpReplies.BadArguments)
            : new(verb) { Name = Encoding.UTF8.GetString(name) };

    // RFC 5321 4.1.1.2
    private static SmtpCommand ParseMail(ReadOnlySpan<byte> text, bool allowBarePaths)
    {
        if (ReadPath(ref text, "FROM:"u8, allowBarePaths, SmtpReplies.BadSender, out var path) is { } fault)
            return Bad(SmtpVerb.Mail, fault);
        if (!path.IsNull && path.Domain.Length == 0)
            return Bad(SmtpVerb.Mail, SmtpReplies.BadSender);
        var parameters = new SmtpMailParameters();
        if (parameters.Read(text) is { } refused)
            return Bad(SmtpVerb.Mail, refused);
        return !path.IsAscii && !parameters.Utf8
            ? Bad(SmtpVerb.Mail, SmtpReplies.NeedsUtf8)
            : new(SmtpVerb.Mail)
            {
                Path = path,
                HasParameters = !text.IsEmpty,
                Size = parameters.Size,
                Utf8 = parameters.Utf8,
                HasAuth = parameters.HasAuth,
                Reports = parameters.Reports,
            };
    }

    // RFC 5321 4.1.1.3
    private static SmtpCommand ParseRcpt(ReadOnlySpan<byte> text, bool allowBarePaths)
    {
        if (ReadPath(ref text, "TO:"u8, allowBarePaths, SmtpReplies.BadRecipient, out var path) is { } fault)
            return Bad(SmtpVerb.Rcpt, fault);
        if (path.IsNull)
            return Bad(SmtpVerb.Rcpt, SmtpReplies.BadRecipient);
        if (text.IsEmpty)
            return new(SmtpVerb.Rcpt) { Path = path };
        var parameters = new SmtpRcptParameters();
        return parameters.Read(text) is { } refused
            ? Bad(SmtpVerb.Rcpt, refused)
            : new(SmtpVerb.Rcpt) { Path = path, HasParameters = true, RecipientReports = parameters.Request };
    }

    // RFC 3030 section 2
    private static SmtpCommand ParseBdat(ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out long length, out var digits) || text[0] is < (byte)'0' or > (byte)'9')
            return Bad(SmtpVerb.Bdat, SmtpReplies.BadArguments);
        var rest = text[digits..];
        var last = rest is [(byte)' ', ..] && Ascii.EqualsIgnoreCase(rest.TrimStart((byte)' '), "LAST"u8);
        return rest.IsEmpty || last
            ? new(SmtpVerb.Bdat) { ChunkLength = length, IsLast = last }
            : Bad(SmtpVerb.Bdat, SmtpReplies.BadArguments);
    }

    // RFC 4954 section 4
    private static SmtpCommand ParseAuth(ReadOnlySpan<byte> text)
    {
        var space = text.IndexOf((byte)' ');
        var mechanism = space < 0 ? text : text[..space];
        var initial = space < 0 ? [] : text[space..].TrimStart((byte)' ');
        if (mechanism.IsEmpty || initial.Contains((byte)' ') || !Ascii.IsValid(text))
            return Bad(SmtpVerb.Auth, SmtpReplies.BadArguments);
        return new(SmtpVerb.Auth)
        {
            Mechanism = Encoding.ASCII.GetString(mechanism),
            InitialResponse = initial.IsEmpty ? null : Encoding.ASCII.GetString(initial),
        };
    }

    // Spaces after the colon are no part of the grammar, but are accepted.
    private static SmtpReply? ReadPath(
        ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> keyword, bool allowBarePaths, SmtpReply badPath, out SmtpPath path)
    {
        path = SmtpPath.Null;
        if (text.Length < keyword.Length || !Ascii.EqualsIgnoreCase(text[..keyword.Length], keyword))
            return SmtpReplies.BadArguments;
        text = text[keyword.Length..].TrimStart((byte)' ');
        var bracketed = text is [(byte)'<', ..];
        if (!bracketed && !allowBarePaths)
            return SmtpReplies.NoBrackets;
        if (bracketed)
            text = text[1..];
        if (!SmtpPathParser.TryRead(ref text, bracketed, out path) || text is not ([] or [(byte)' ', ..]))
            return badPath;
        text = text.TrimStart((byte)' ');
        return null;
    }
}
