using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Logging;

/// <summary>
/// One log entry as text. Whatever a client sent is escaped here, in one place: control characters cannot start a line
/// of their own, and nothing is ever a format string.
/// </summary>
internal static class LogLine
{
    // They turn the text behind them round on a terminal.
    private const string Bidirectional = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), .. Enumerable.Range(0x7f, 0x21).Select(c => (char)c), '\u2028', '\u2029', .. Bidirectional]);

    // A log is no web page: only what JSON and a line of its own need is escaped.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line of the daily file: time, level, connection, text; an exception follows on indented lines.</summary>
    public static string Format(DateTimeOffset time, LogLevel level, string? scope, string text, Exception? exception)
    {
        var line = new StringBuilder(text.Length + 64);
        line.Append(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {Name(level)} ");
        if (scope is not null)
            line.Append('[').Append(Escape(scope)).Append("] ");
        line.Append(Escape(text)).Append('\n');
        if (exception is not null)
        {
            foreach (var part in exception.ToString().Split('\n'))
                line.Append("    ").Append(Escape(part.TrimEnd('\r'))).Append('\n');
        }

        return line.ToString();
    }

    /// <summary>The same as one JSON object on a line, for containers; the values in the text stand in <c>fields</c> too.</summary>
    public static string FormatJson(
        DateTimeOffset time,
        LogLevel level,
        string category,
        EventId eventId,
        string? scope,
        string text,
        IReadOnlyList<KeyValuePair<string, object?>>? fields,
        Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("time", time.UtcDateTime);
            json.WriteString("level", Name(level));
            json.WriteString("category", category);
            json.WriteNumber("event", eventId.Id);
            if (scope is not null)
                json.WriteString("connection", scope);
            if (Activity.Current is { } span)
                json.WriteString("trace", span.TraceId.ToHexString());
            json.WriteString("text", text);
            WriteFields(json, fields);
            if (exception is not null)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>>? fields)
    {
        // The last one is the template.
        if (fields is not { Count: > 1 })
            return;
        json.WriteStartObject("fields");
        for (var i = 0; i < fields.Count - 1; i++)
        {
            json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(fields[i].Key));
            if (fields[i].Value is int or long)
                json.WriteNumberValue(Convert.ToInt64(fields[i].Value, CultureInfo.InvariantCulture));
            else if (fields[i].Value is DateTimeOffset moment)
                json.WriteStringValue(moment);
            else
                json.WriteStringValue(Convert.ToString(fields[i].Value, CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    /// <summary>Control characters as <c>\xNN</c> (or <c>\uNNNN</c>), the backslash doubled.</summary>
    internal static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Unsafe) && !text.Contains('\\', StringComparison.Ordinal))
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (c == '\\')
                escaped.Append(@"\\");
            else if (!Unsafe.Contains(c))
                escaped.Append(c);
            else if (c <= 0xff)
                escaped.Append(CultureInfo.InvariantCulture, $@"\x{(int)c:x2}");
            else
                escaped.Append(CultureInfo.InvariantCulture, $@"\u{(int)c:x4}");
        }

        return escaped.ToString();
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRT",
        LogLevel.Error => "ERR",
        LogLevel.Warning => "WRN",
        LogLevel.Information => "INF",
        LogLevel.Debug => "DBG",
        _ => "TRC",
    };
}
