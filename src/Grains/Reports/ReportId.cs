using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The id of a report, which follows from what it is about: made again, a report is the same message.</summary>
internal static class ReportId
{
    /// <summary>How long after its message a report may be made, for its number to tell the time.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    /// <param name="entries">What is told of, in any order: of one message, and with one number. Others of that number make another report.</param>
    /// <param name="kind">What is reported.</param>
    public static MessageId Of(IReadOnlyList<QueueEntry> entries, ReportKind kind)
    {
        var first = entries[0];
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{first.Id}\n{first.ReportNumber}\n{kind}");
        foreach (var key in entries.Select(static entry => QueueKeys.Entry(entry.Target, entry.Id)).Order(StringComparer.Ordinal))
            text.Append('\n').Append(key);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        var time = MessageId.FirstAt(TimeOf(first));
        return new MessageId(time.High | BinaryPrimitives.ReadUInt16BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(2)));
    }

    // A number that was made in another way tells no time: then the id is as old as the message.
    private static DateTimeOffset TimeOf(QueueEntry entry)
    {
        var decided = ReportNumber.TimeOf(entry.ReportNumber);
        var arrived = entry.Id.Time;
        return decided >= arrived && decided < arrived + LongestLife ? decided : arrived;
    }
}
