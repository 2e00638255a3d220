using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>The id of a report, which follows from what it is about: made again, a report is the same message.</summary>
internal static class ReportId
{
    /// <summary>How long after its message a report may be made, for its number to tell the time.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    /// <param name="entry">Any of the entries: they are of one message, and their number is one.</param>
    /// <param name="destination">Where the entries go.</param>
    /// <param name="kind">What is reported.</param>
    public static MessageId Of(QueueEntry entry, string destination, ReportKind kind)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{entry.Id}\n{destination}\n{entry.ReportNumber}\n{kind}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var time = MessageId.FirstAt(TimeOf(entry));
        return new MessageId(time.High | BinaryPrimitives.ReadUInt16BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(2)));
    }

    /// <summary>The destination of entries: of several the first, so that it is the same for the same entries.</summary>
    public static string DestinationOf(IEnumerable<QueueEntry> entries) => entries.Select(DestinationOf).Min(StringComparer.Ordinal)!;

    private static string DestinationOf(QueueEntry entry)
    {
        var target = entry.Target;
        return target.Kind == TargetKind.Remote
            ? target.Address[(target.Address.LastIndexOf('@') + 1)..].ToLowerInvariant()
            : $"{target.Kind}!{target.Identity.Key}";
    }

    // A number that was made in another way tells no time: then the id is as old as the message.
    private static DateTimeOffset TimeOf(QueueEntry entry)
    {
        var decided = ReportNumber.TimeOf(entry.ReportNumber);
        var arrived = entry.Id.Time;
        return decided >= arrived && decided < arrived + LongestLife ? decided : arrived;
    }
}
