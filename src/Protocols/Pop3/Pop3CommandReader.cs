using System.Buffers;
using System.Text;

namespace Orleans.Mail.Protocols.Pop3;

/// <summary>
/// Cuts what a client sends into command lines. A lone LF ends a line as CRLF does: POP3 clients send no data that could
/// be taken for commands, and some write it. A line that is too long is thrown away as it comes, so it costs no memory.
/// </summary>
public sealed class Pop3CommandReader
{
    /// <summary>Octets of a command line with its end: twice what RFC 2449 section 4 asks for, for names and passwords in UTF-8.</summary>
    public const int MaxCommandLine = 512;

    /// <summary>Octets of a line of a SASL exchange with its end (RFC 5034 section 4).</summary>
    public const int MaxResponseLine = 12_288;

    private bool skipping;

    /// <summary>Takes a command off the front of <paramref name="input"/>; false when no line is complete.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> input, out Pop3Command command)
    {
        command = default;
        if (!TryReadLine(ref input, MaxCommandLine, out var line))
            return false;
        command = line is { } complete ? Parse(complete) : new(Pop3Verb.Unknown) { Fault = Pop3Fault.LineTooLong };
        return true;
    }

    /// <summary>
    /// Takes a client's line of a SASL exchange; false when none is complete. <paramref name="response"/> is null when it
    /// was too long or is not ASCII.
    /// </summary>
    public bool TryReadResponse(ref ReadOnlySequence<byte> input, out string? response)
    {
        response = null;
        if (!TryReadLine(ref input, MaxResponseLine, out var line))
            return false;
        if (line is { } complete)
        {
            var text = complete.IsSingleSegment ? complete.FirstSpan : complete.ToArray();
            response = Ascii.IsValid(text) ? Encoding.ASCII.GetString(text) : null;
        }

        return true;
    }

    private static Pop3Command Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return Pop3CommandParser.Parse(line.FirstSpan);
        Span<byte> whole = stackalloc byte[MaxCommandLine];
        line.CopyTo(whole);
        return Pop3CommandParser.Parse(whole[..(int)line.Length]);
    }

    // The line comes without its end; null when it was too long.
    private bool TryReadLine(ref ReadOnlySequence<byte> input, int limit, out ReadOnlySequence<byte>? line)
    {
        line = null;
        if (input.PositionOf((byte)'\n') is not { } end)
        {
            if (input.Length >= limit || skipping)
            {
                skipping = true;
                input = input.Slice(input.End);
            }

            return false;
        }

        var text = input.Slice(0, end);
        input = input.Slice(input.GetPosition(1, end));
        if (!skipping && text.Length < limit)
            line = WithoutReturn(text);
        skipping = false;
        return true;
    }

    private static ReadOnlySequence<byte> WithoutReturn(ReadOnlySequence<byte> text)
    {
        if (text.IsEmpty)
            return text;
        var last = text.Slice(text.Length - 1);
        return last.FirstSpan[0] == '\r' ? text.Slice(0, text.Length - 1) : text;
    }
}
