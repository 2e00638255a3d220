using System.Globalization;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>A queue in memory, with pages of two entries.</summary>
internal sealed class FakeQueue : IQueueManagementGrain
{
    private const int Page = 2;

    public List<QueueEntry> Entries { get; } = [];

    /// <summary>What was asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public static QueueEntry NewEntry(string id, string recipient, DateTimeOffset entered) => new()
    {
        Id = MessageId.TryParse(id, out var known) ? known : throw new ArgumentException(id, nameof(id)),
        Target = new Target { Kind = TargetKind.Remote, Address = recipient },
        Sender = "mick@acme.test",
        Recipient = recipient,
        Body = new BodyRef(1, 2, 1025, BodyPlace.Row, false),
        Entered = entered,
        Due = entered,
    };

    public Task<QueuePage> ListAsync(QueueFilter filter, string after, int limit)
    {
        Asked.Add(Describe(filter));
        var page = Take(filter, after, out var next);
        return Task.FromResult(new QueuePage(page, next));
    }

    public Task<QueueChanged> ChangeAsync(QueueFilter filter, QueueChange change, string after)
    {
        Asked.Add($"{change} {Describe(filter)}");
        var page = Take(filter, after, out var next);
        return Task.FromResult(new QueueChanged(page.Length, next));
    }

    public Task<QueueEntry?> FindAsync(MessageId id, Target target) =>
        Task.FromResult(Entries.Find(entry => entry.Id == id && entry.Target.Identity == target.Identity));

    public Task<QueueStatus> ReadStatusAsync() =>
        Task.FromResult(new QueueStatus(new List<QueueLaneStatus> { new("user", Entries.Count, Entries.Count == 0 ? null : Entries[0].Due) }, Entries.Count(entry => entry.Held)));

    private QueueEntry[] Take(QueueFilter filter, string after, out string? next)
    {
        var start = after.Length == 0 ? 0 : int.Parse(after, CultureInfo.InvariantCulture);
        next = start + Page < Entries.Count ? (start + Page).ToString(CultureInfo.InvariantCulture) : null;
        return [.. Entries.Skip(start).Take(Page).Where(entry => filter.Id is not { } id || entry.Id == id)];
    }

    private static string Describe(QueueFilter filter) => $"mailbox={filter.Mailbox} domain={filter.Domain} sender={filter.Sender} id={filter.Id}";
}
