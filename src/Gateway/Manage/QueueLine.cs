using System.Globalization;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>An entry of the queue as QUEUE SHOW prints it: the manual's nine fields, then id, lane and whether it is held.</summary>
internal static class QueueLine
{
    private const int Kilobyte = 1024;

    public static string Of(QueueEntry entry, DateTimeOffset now) => string.Join(
        '\t',
        Sender(entry.Sender),
        Field(entry.Target.Address),
        Date(entry.Entered),
        Date(entry.NextAttempt > entry.Due ? entry.NextAttempt : entry.Due),
        entry.LastAttempt is { } last ? Date(last) : "",
        Number(Math.Max(0, (long)(now - entry.Entered).TotalSeconds)),
        Number((entry.Body.Size + Kilobyte - 1) / Kilobyte),
        Number(entry.Attempts),
        entry.Status.Length == 0 ? "waiting" : Field(entry.Status),
        entry.Id.ToString(),
        Lane(entry),
        entry.Held ? "held" : "");

    /// <summary>A moment as all commands print it.</summary>
    public static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A reverse-path: <c>&lt;&gt;</c> for the null sender.</summary>
    public static string Sender(string sender) => sender.Length == 0 ? "<>" : Field(sender);

    // What a client or a peer sent may not move the columns.
    public static string Field(string text) => text.Replace("\t", @"\t", StringComparison.Ordinal);

    private static string Lane(QueueEntry entry) => entry.Lane.ToString().ToLowerInvariant();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
