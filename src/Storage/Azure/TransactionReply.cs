using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Reads replies of the table service: those of transactions are multipart, an HTTP reply for each operation, or one for the first that failed.</summary>
internal static class TransactionReply
{
    /// <summary>The reply does not say which operation it was.</summary>
    private const int Unknown = -1;

    private static ReadOnlySpan<byte> StatusLine => "HTTP/1.1 "u8;

    private static ReadOnlySpan<byte> ETagField => "etag:"u8;

    /// <param name="content">The content of a reply with status 202.</param>
    /// <param name="live">The operations that were sent.</param>
    /// <param name="operations">All operations of the batch.</param>
    public static TableReply Read(ReadOnlySpan<byte> content, IReadOnlyList<int> live, int operations)
    {
        var etags = new ETag[operations];
        var parts = -1;
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range].TrimEnd((byte)'\r');
            if (line.StartsWith(StatusLine))
            {
                parts++;
                if (!Utf8Parser.TryParse(line[StatusLine.Length..], out int status, out _) || status >= 400)
                    return ReadError(status, content[range.Start..]);
            }
            else if (parts >= 0 && parts < live.Count && StartsWithETag(line))
            {
                etags[live[parts]] = new ETag(Encoding.ASCII.GetString(line[ETagField.Length..].Trim((byte)' ')));
            }
        }

        // A reply that was cut short says nothing certain.
        return parts == live.Count - 1 ? new TableReply(202, null, 0, etags) : throw new IOException("the reply to a transaction is not whole");
    }

    /// <param name="status">The reply's status.</param>
    /// <param name="content">What came with it: JSON, perhaps after header fields.</param>
    public static TableReply ReadError(int status, ReadOnlySpan<byte> content)
    {
        var begin = content.IndexOf((byte)'{');
        if (begin < 0)
            return new TableReply(status, null, Unknown, null);
        try
        {
            var json = new Utf8JsonReader(content[begin..]);
            var answer = JsonSerializer.Deserialize<ErrorAnswer>(ref json);
            return new TableReply(status, answer?.Error?.Code, IndexIn(answer?.Error?.Message?.Value), null);
        }
        catch (JsonException)
        {
            return new TableReply(status, null, Unknown, null); // somebody on the way answered; the status says enough
        }
    }

    // "1:The specified entity already exists."
    private static int IndexIn(string? message)
    {
        var colon = message?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0 && int.TryParse(message.AsSpan(0, colon), out var index) ? index : Unknown;
    }

    private static bool StartsWithETag(ReadOnlySpan<byte> line) =>
        line.Length > ETagField.Length && Ascii.EqualsIgnoreCase(line[..ETagField.Length], ETagField);

    private sealed record ErrorAnswer([property: JsonPropertyName("odata.error")] ServiceError? Error);

    private sealed record ServiceError([property: JsonPropertyName("code")] string? Code, [property: JsonPropertyName("message")] ErrorText? Message);

    private sealed record ErrorText([property: JsonPropertyName("value")] string? Value);
}
