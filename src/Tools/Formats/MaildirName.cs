using System.Globalization;
using System.Text.RegularExpressions;

namespace Orleans.Mail.Tools.Formats;

/// <summary>The unique name of an exported message in a Maildir: the same at every export.</summary>
internal static partial class MaildirName
{
    /// <summary><c>seconds.M(message id)Q(number of arrival).(domain),S=(size)</c>, the form that Dovecot and Courier write.</summary>
    public static string Of(MailboxEntry entry, string domain, long size) => string.Create(
        CultureInfo.InvariantCulture, $"{entry.Id.Time.ToUnixTimeSeconds()}.M{entry.Id}Q{entry.Sequence}.{domain},S={size}");

    /// <summary>The name without its flags and size, which programs change.</summary>
    public static string Base(string name) => name[..(name.IndexOfAny([',', ':']) is var at and >= 0 ? at : name.Length)];

    /// <summary>The message id that the name carries; null when it is none of ours.</summary>
    public static MessageId? IdOf(string name) =>
        Ours().Match(name) is { Success: true } match && MessageId.TryParse(match.Groups["id"].ValueSpan, out var id) ? id : null;

    /// <summary>The order of arrival as far as names tell it: ours by their number, others by their time.</summary>
    public static (long, long, string) OrderOf(string name)
    {
        var match = Ours().Match(name);
        if (match.Success)
            return (0, long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), name);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return (1, dot > 0 && long.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : long.MaxValue, name);
    }

    [GeneratedRegex(@"^\d{1,12}\.M(?<id>[0-9A-HJKMNP-TV-Z]{26})Q(?<number>\d{1,18})\.")]
    private static partial Regex Ours();
}
