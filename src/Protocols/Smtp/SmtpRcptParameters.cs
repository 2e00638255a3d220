using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>The ESMTP parameters of RCPT (RFC 5321 4.1.1.11) that belong to extensions of ours.</summary>
internal struct SmtpRcptParameters
{
    /// <summary>Octets of ORCPT (RFC 3461 4.2).</summary>
    private const int MaxOriginalLength = 500;

    private static readonly SearchValues<byte> Atom =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8);

    private SmtpNotify notify;
    private string? original;

    /// <summary>What they say; null when nothing was given.</summary>
    public readonly SmtpRecipientRequest? Request =>
        notify == SmtpNotify.Default && original is null ? null : new(notify, original ?? "");

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
        if (Ascii.EqualsIgnoreCase(keyword, "NOTIFY"u8))
            return notify == SmtpNotify.Default && TryReadNotify(value, out notify) ? null : SmtpReplies.BadArguments;
        if (Ascii.EqualsIgnoreCase(keyword, "ORCPT"u8))
            return original is null && TryReadOriginal(value, out original) ? null : SmtpReplies.BadArguments;
        return SmtpReplies.UnknownParameter;
    }

    // RFC 3461 4.1: NEVER stands alone.
    private static bool TryReadNotify(ReadOnlySpan<byte> value, out SmtpNotify notify)
    {
        notify = SmtpNotify.Default;
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range];
            var one = Ascii.EqualsIgnoreCase(word, "NEVER"u8) ? SmtpNotify.Never
                : Ascii.EqualsIgnoreCase(word, "SUCCESS"u8) ? SmtpNotify.Success
                : Ascii.EqualsIgnoreCase(word, "FAILURE"u8) ? SmtpNotify.Failure
                : Ascii.EqualsIgnoreCase(word, "DELAY"u8) ? SmtpNotify.Delay
                : SmtpNotify.Default;
            if (one == SmtpNotify.Default)
                return false;
            notify |= one;
        }

        return notify == SmtpNotify.Never || !notify.HasFlag(SmtpNotify.Never);
    }

    // RFC 3461 4.2; the type utf-8 has an encoding of its own (RFC 6533 3), which whoever reads it undoes.
    private static bool TryReadOriginal(ReadOnlySpan<byte> value, out string? original)
    {
        original = null;
        var semicolon = value.IndexOf((byte)';');
        if (value.Length > MaxOriginalLength || semicolon <= 0 || semicolon == value.Length - 1 || value[..semicolon].ContainsAnyExcept(Atom))
            return false;
        var address = value[(semicolon + 1)..];
        var valid = Ascii.EqualsIgnoreCase(value[..semicolon], "utf-8"u8)
            ? address.IndexOfAny((byte)'+', (byte)'=') < 0 && Utf8.IsValid(address)
            : Xtext.TryDecode(address, out _);
        if (valid)
            original = Encoding.UTF8.GetString(value);
        return valid;
    }
}
