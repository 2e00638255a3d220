using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>
/// Writes replies: data lines, then exactly one status line. A data line never looks like a status line and no value
/// breaks a line, so a program always knows where a reply ends.
/// </summary>
public static partial class ManageReplyWriter
{
    /// <summary>Writes a data line. A TAB parts columns and stays; other control characters are escaped.</summary>
    public static void WriteData(IBufferWriter<byte> output, string line)
    {
        var escaped = Escape(line);
        WriteLine(output, LooksLikeStatus().IsMatch(escaped) ? " " + escaped : escaped);
    }

    /// <summary>Writes the line that ends a reply.</summary>
    public static void WriteStatus(IBufferWriter<byte> output, ManageStatus status) => WriteLine(output, Escape(status.ToString()));

    private static void WriteLine(IBufferWriter<byte> output, string line)
    {
        Encoding.UTF8.GetBytes(line, output);
        output.Write("\r\n"u8);
    }

    private static string Escape(string text)
    {
        if (!text.Any(IsEscaped))
            return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\r' => escaped.Append(@"\r"),
                '\n' => escaped.Append(@"\n"),
                _ when IsEscaped(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private static bool IsEscaped(char c) => char.IsControl(c) && c != '\t';

    [GeneratedRegex("^(OK|ER)[0-9]{4} ", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeStatus();
}
