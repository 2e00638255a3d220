using System.Buffers;
using System.Text;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>A command line as the log may have it.</summary>
internal static class LoggedLine
{
    /// <summary>What stands behind the mechanism of AUTH may be a password.</summary>
    public static string Of(ReadOnlySequence<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        if (!text.AsSpan().TrimStart().StartsWith("AUTH", StringComparison.OrdinalIgnoreCase))
            return text;
        return text.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries) is [var verb, var mechanism, _] ? $"{verb} {mechanism} ***" : text;
    }
}
