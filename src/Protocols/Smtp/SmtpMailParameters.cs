using System.Buffers.Text;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>The ESMTP parameters of MAIL (RFC 5321 4.1.1.11) that belong to extensions of ours.</summary>
internal struct SmtpMailParameters
{
    /// <summary>Octets of ENVID (RFC 3461 4.4).</summary>
    private const int MaxEnvelopeIdLength = 100;

    private bool sizeGiven;
    private bool bodyGiven;
    private SmtpReturn returned;
    private string? envelopeId;

    /// <summary>SIZE; 0 when not given.</summary>
    public long Size { get; private set; }

    public bool Utf8 { get; private set; }

    /// <summary>AUTH was given.</summary>
    public bool HasAuth { get; private set; }

    /// <summary>What they say of delivery reports; null when nothing was given.</summary>
    public readonly SmtpReportRequest? Reports =>
        returned == SmtpReturn.Default && envelopeId is null ? null : new(returned, envelopeId ?? "");

    /// <summary>Reads all; what is wrong with them, or null.</summary>
    public SmtpReply? Read(ReadOnlySpan<byte> text)
    {
        foreach (var range in text.Split((byte)' '))
        {
            var parameter = text[range];
            if (!parameter.IsEmpty && ReadOne(parameter) is { } fault)
                return fault;
        }

        return null;
    }

    private SmtpReply? ReadOne(ReadOnlySpan<byte> parameter)
    {
        var equals = parameter.IndexOf((byte)'=');
        var keyword = equals < 0 ? parameter : parameter[..equals];
        var value = equals < 0 ? [] : parameter[(equals + 1)..];
        if (Ascii.EqualsIgnoreCase(keyword, "SIZE"u8))
            return ReadSize(value);
        if (Ascii.EqualsIgnoreCase(keyword, "BODY"u8))
            return ReadBody(value);
        if (Ascii.EqualsIgnoreCase(keyword, "RET"u8))
            return ReadReturn(value);
        if (Ascii.EqualsIgnoreCase(keyword, "ENVID"u8))
            return ReadEnvelopeId(value);
        if (Ascii.EqualsIgnoreCase(keyword, "AUTH"u8))
            return ReadAuth(value);
        if (!Ascii.EqualsIgnoreCase(keyword, "SMTPUTF8"u8))
            return SmtpReplies.UnknownParameter;
        if (Utf8 || equals >= 0)
            return SmtpReplies.BadArguments;
        Utf8 = true;
        return null;
    }

    // RFC 1870 section 4: 1 to 20 digits; more than fit a long is more than any limit.
    private SmtpReply? ReadSize(ReadOnlySpan<byte> value)
    {
        if (sizeGiven || value.Length is 0 or > 20 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return SmtpReplies.BadArguments;
        sizeGiven = true;
        Size = Utf8Parser.TryParse(value, out long size, out _) ? size : long.MaxValue;
        return null;
    }

    // RFC 6152 section 3. Every message is kept as it comes, so the value changes nothing; BINARYMIME is not offered.
    private SmtpReply? ReadBody(ReadOnlySpan<byte> value)
    {
        if (bodyGiven || value.IsEmpty)
            return SmtpReplies.BadArguments;
        bodyGiven = true;
        return Ascii.EqualsIgnoreCase(value, "8BITMIME"u8) || Ascii.EqualsIgnoreCase(value, "7BIT"u8)
            ? null
            : SmtpReplies.UnknownParameter;
    }

    // RFC 4954 section 5: an address in xtext, or <>.
    private SmtpReply? ReadAuth(ReadOnlySpan<byte> value)
    {
        if (HasAuth || value.IsEmpty || !(value.SequenceEqual("<>"u8) || Xtext.TryDecode(value, out _)))
            return SmtpReplies.BadArguments;
        HasAuth = true;
        return null;
    }

    // RFC 3461 4.3
    private SmtpReply? ReadReturn(ReadOnlySpan<byte> value)
    {
        if (returned != SmtpReturn.Default)
            return SmtpReplies.BadArguments;
        returned = Ascii.EqualsIgnoreCase(value, "FULL"u8) ? SmtpReturn.Full
            : Ascii.EqualsIgnoreCase(value, "HDRS"u8) ? SmtpReturn.Headers
            : SmtpReturn.Default;
        return returned == SmtpReturn.Default ? SmtpReplies.BadArguments : null;
    }

    // RFC 3461 4.4
    private SmtpReply? ReadEnvelopeId(ReadOnlySpan<byte> value)
    {
        var valid = envelopeId is null && value.Length is > 0 and <= MaxEnvelopeIdLength;
        return valid && Xtext.TryDecode(value, out envelopeId) ? null : SmtpReplies.BadArguments;
    }
}
