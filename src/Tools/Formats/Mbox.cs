using System.Globalization;
using System.Text;

namespace Orleans.Mail.Tools.Formats;

/// <summary>An mbox file (mboxrd): all messages of a mailbox one after another.</summary>
internal static class Mbox
{
    /// <summary>The sender of a message that names none.</summary>
    private const string NoSender = "MAILER-DAEMON";

    private const int LookAhead = 64 * 1024;

    /// <summary>The line before a message: <c>From sender Sun Nov 22 20:35:36 2026</c>.</summary>
    public static string FromLine(string? sender, DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture,
        $"From {(IsWord(sender) ? sender : NoSender)} {time.UtcDateTime:ddd MMM} {time.UtcDateTime.Day,2} {time.UtcDateTime:HH:mm:ss yyyy}\r\n");

    /// <summary>The sender in the Return-Path field that our bodies begin with; null when it is empty or not there.</summary>
    public static string? SenderOf(ReadOnlySpan<byte> head)
    {
        var field = "Return-Path: <"u8;
        if (!head.StartsWith(field))
            return null;
        head = head[field.Length..];
        var end = head.IndexOf(">\r\n"u8);
        return end <= 0 ? null : Encoding.UTF8.GetString(head[..end]);
    }

    /// <summary>The messages in their order. Throws <see cref="InvalidDataException"/> when it is no mbox.</summary>
    public static IEnumerable<FoundMessage> Read(string path)
    {
        using var file = File.OpenHandle(path);
        var head = new byte[LookAhead];
        var exact = Maildir.HasCrLf(head.AsSpan(0, RandomAccess.Read(file, head, 0)));
        foreach (var (start, end) in new MboxScanner(file).Scan())
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"{path} at {start}");
            yield return new FoundMessage(where, null, () => new MailFileStream(
                file, start, end, ownsFile: false, exact ? new LastLineEnd() : new CrLfLineEnds(), new FromQuoting(remove: true)));
        }
    }

    private static bool IsWord(string? text) => !string.IsNullOrEmpty(text) && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}
