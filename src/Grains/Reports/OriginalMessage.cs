using System.Text;
using System.Text.Unicode;
using MimeKit;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The message that a report is about, as far as the report needs it.</summary>
internal sealed class OriginalMessage
{
    /// <summary>The longest line of mail without its line end (RFC 5322 2.1.1).</summary>
    private const int MaxLine = 998;

    private static readonly byte[] Note = "Comments: The message can no longer be read here.\r\n"u8.ToArray();

    private OriginalMessage(ReadOnlyMemory<byte> octets, int headerLength, bool isWhole)
    {
        Octets = octets;
        Header = octets[..headerLength];
        IsWhole = isWhole;
        Fields = Parse(Header);
    }

    /// <summary>Stands for a message that cannot be read: a header that says so.</summary>
    public static OriginalMessage Lost { get; } = new(Note, Note.Length, isWhole: false);

    /// <summary>The message from its header on, without our Return-Path; all of it, or as much as was read.</summary>
    public ReadOnlyMemory<byte> Octets { get; }

    /// <summary>Its header section, without the empty line; cut at a line's end when it is too long.</summary>
    public ReadOnlyMemory<byte> Header { get; }

    /// <summary>All of the message was read.</summary>
    public bool IsWhole { get; }

    /// <summary>The fields of the header.</summary>
    public HeaderList Fields { get; }

    /// <summary>It is a report itself, whatever its sender says: reports about reports would never end.</summary>
    public bool IsReport =>
        ContentType.TryParse(Fields[HeaderId.ContentType] ?? "", out var type)
        && type.IsMimeType("multipart", "report")
        && (type.Parameters["report-type"] ?? "").Contains("delivery-status", StringComparison.OrdinalIgnoreCase);

    /// <summary>A program sent it in answer to another message (RFC 3834 5).</summary>
    public bool IsAutomaticReply =>
        (Fields[HeaderId.AutoSubmitted] ?? "").TrimStart().StartsWith("auto-replied", StringComparison.OrdinalIgnoreCase);

    /// <param name="bodies">The store.</param>
    /// <param name="body">The stored body, which begins with our Return-Path and Received fields.</param>
    /// <param name="limit">Octets that are read at most.</param>
    /// <param name="maxHeader">Octets of the header at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<OriginalMessage> ReadAsync(IBodyStore bodies, BodyRef body, int limit, int maxHeader, CancellationToken cancellationToken)
    {
        await using var stream = await bodies.OpenReadAsync(body, new BodyRange(0, limit), cancellationToken);
        var octets = new byte[(int)Math.Min(body.Size, limit)];
        var length = await stream.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancellationToken);
        var read = octets.AsMemory(0, length);
        read = read[ReturnPathLength(read.Span)..];
        return new OriginalMessage(read, HeaderLength(read.Span, maxHeader), body.Size <= length);
    }

    /// <summary>Whether octets are text of lines that mail may have: then they need no encoding but that of 8-bit characters.</summary>
    public static bool HasPlainLines(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var end = octets.IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            if (end < 0)
                return octets.Length <= MaxLine;
            if (end > MaxLine || octets[end] != (byte)'\r' || end + 1 == octets.Length || octets[end + 1] != (byte)'\n')
                return false;
            octets = octets[(end + 2)..];
        }

        return true;
    }

    /// <summary>Whether octets hold characters outside ASCII, written in UTF-8 (RFC 6532).</summary>
    public static bool IsInternational(ReadOnlySpan<byte> octets) => !Ascii.IsValid(octets) && Utf8.IsValid(octets);

    // What we wrote before the message names the sender only.
    private static int ReturnPathLength(ReadOnlySpan<byte> octets) =>
        octets.StartsWith("Return-Path:"u8) ? octets.IndexOf((byte)'\n') + 1 : 0;

    /// <summary>Up to the first line that is no field: the empty line, or the text of a message without a header.</summary>
    private static int HeaderLength(ReadOnlySpan<byte> octets, int max)
    {
        var length = 0;
        while (length < octets.Length)
        {
            var line = octets[length..];
            var end = line.IndexOf((byte)'\n');
            if (end < 0 || length + end + 1 > max || !IsField(line[..end], isFirst: length == 0))
                break;
            length += end + 1;
        }

        return length;
    }

    private static bool IsField(ReadOnlySpan<byte> line, bool isFirst)
    {
        if (line is [(byte)' ' or (byte)'\t', ..])
            return !isFirst;
        var colon = line.IndexOf((byte)':');
        return colon > 0 && !line[..colon].TrimEnd(" \t"u8).ContainsAnyExceptInRange((byte)'!', (byte)'~');
    }

    private static HeaderList Parse(ReadOnlyMemory<byte> header)
    {
        using var stream = new MemoryStream([.. header.Span, .. "\r\n"u8], writable: false);
        try
        {
            return HeaderList.Load(stream);
        }
        catch (FormatException)
        {
            return []; // its fields cannot be read; it is returned as it is
        }
    }
}
