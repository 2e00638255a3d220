using System.Buffers;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// Takes command lines off the input. It keeps nothing but whether the rest of a line that is too long must be skipped.
/// </summary>
/// <param name="allowBarePaths">Whether a path may stand without its angle brackets.</param>
public sealed class SmtpCommandReader(bool allowBarePaths)
{
    /// <summary>
    /// Octets of a command line with its CRLF: 512 (RFC 5321 4.5.3.1.4), 26 for SIZE (RFC 1870), 17 for BODY (RFC 6152),
    /// 10 for SMTPUTF8 (RFC 6531 3.4), 500 for NOTIFY and ORCPT (RFC 3461), and 500 for AUTH (RFC 4954 section 3).
    /// </summary>
    public const int MaxLineLength = 512 + 26 + 17 + 10 + 500 + 500;

    /// <summary>Octets of a line of a SASL exchange with its CRLF (RFC 4954 section 4).</summary>
    public const int MaxResponseLength = 12_288;

    private bool skipping;

    /// <summary>
    /// Takes the next line off <paramref name="buffer"/>. False when none is complete; then what must be kept stays in
    /// the buffer, at most <see cref="MaxLineLength"/> octets.
    /// </summary>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out SmtpCommand command)
    {
        command = default;
        if (buffer.PositionOf((byte)'\n') is not { } lineFeed)
        {
            skipping |= buffer.Length > MaxLineLength;
            if (skipping)
                buffer = buffer.Slice(buffer.End);
            return false;
        }

        var line = buffer.Slice(0, buffer.GetPosition(1, lineFeed));
        buffer = buffer.Slice(line.End);
        if (skipping || line.Length > MaxLineLength)
        {
            skipping = false;
            command = new(SmtpVerb.Unknown) { Fault = SmtpReplies.LineTooLong };
        }
        else if (line.IsSingleSegment)
        {
            command = Parse(line.FirstSpan);
        }
        else
        {
            Span<byte> copy = stackalloc byte[(int)line.Length];
            line.CopyTo(copy);
            command = Parse(copy);
        }

        return true;
    }

    /// <summary>
    /// Takes a client's line of a SASL exchange off <paramref name="buffer"/>; false when none is complete. Octets over 127
    /// become characters that no Base64 has.
    /// </summary>
    /// <param name="buffer">What has come.</param>
    /// <param name="response">The line; null when it was too long.</param>
    public bool TryReadResponse(ref ReadOnlySequence<byte> buffer, out string? response)
    {
        response = null;
        if (buffer.PositionOf((byte)'\n') is not { } lineFeed)
        {
            skipping |= buffer.Length > MaxResponseLength;
            if (skipping)
                buffer = buffer.Slice(buffer.End);
            return false;
        }

        var line = buffer.Slice(0, buffer.GetPosition(1, lineFeed));
        buffer = buffer.Slice(line.End);
        if (!skipping && line.Length <= MaxResponseLength)
            response = WithoutEnd(Encoding.Latin1.GetString(line));
        skipping = false;
        return true;
    }

    // A lone LF stays, and is no Base64.
    private static string WithoutEnd(string line) => line.EndsWith("\r\n", StringComparison.Ordinal) ? line[..^2] : line;

    private SmtpCommand Parse(ReadOnlySpan<byte> line)
    {
        if (!line.EndsWith("\r\n"u8))
            return new(SmtpVerb.Unknown) { Fault = SmtpReplies.LoneLineFeed }; // RFC 5321 2.3.8
        line = line[..^2];
        if (line.IsEmpty || line.ContainsAnyInRange((byte)0, (byte)0x1f) || line.Contains((byte)0x7f))
            return new(SmtpVerb.Unknown) { Fault = SmtpReplies.BadSyntax };
        return SmtpCommandParser.Parse(line.TrimEnd((byte)' '), allowBarePaths);
    }
}
