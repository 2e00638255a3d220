using System.Collections.Concurrent;

namespace Orleans.Mail.Grains.Tests.Queue;

/// <summary>Destinations as a test wants them; without more they take everything.</summary>
internal sealed class FakeRelay : IRelay
{
    /// <summary>The answer to who wants to enter; null = come in.</summary>
    public Func<string, RelayLane, Task<RelayEntrance?>> Enter { get; set; } = static (_, _) => Task.FromResult<RelayEntrance?>(null);

    /// <summary>What becomes of a message at a domain; null = the domain takes it.</summary>
    public Func<string, RelayMessage, Task<RelayOutcome?>> Send { get; set; } = static (_, _) => Task.FromResult<RelayOutcome?>(null);

    /// <summary>What was sent, or tried to be.</summary>
    public ConcurrentQueue<RelayMessage> Messages { get; } = new();

    /// <summary>Who asked for a place.</summary>
    public ConcurrentQueue<(string Domain, RelayLane Lane)> Entered { get; } = new();

    /// <summary>Whether who gives up still waits for the answer, as after the message's end.</summary>
    public bool IsPastEnd { get; set; }

    /// <summary>Ends when a sender gives up.</summary>
    public TaskCompletionSource GivenUp { get; } = new();

    public RelayUsage Usage => new(Messages.Count, 0);

    public int CountOf(MessageId id) => Messages.Count(message => message.Id == id);

    public async Task<RelayEntrance> EnterAsync(string domain, RelayLane lane, CancellationToken cancellationToken)
    {
        Entered.Enqueue((domain, lane));
        return await Enter(domain, lane).WaitAsync(cancellationToken) ?? new RelayEntrance.Open(new Place(this, domain));
    }

    private sealed class Place(FakeRelay relay, string domain) : IRelayPlace
    {
        public async Task<RelayReport> SendAsync(RelayMessage message, CancellationToken cancellationToken)
        {
            relay.Messages.Enqueue(message);
            using var giveUp = cancellationToken.UnsafeRegister(_ => relay.GivenUp.TrySetResult(), null);
            var outcome = await relay.Send(domain, message).WaitAsync(relay.IsPastEnd ? CancellationToken.None : cancellationToken)
                ?? new RelayOutcome(RelayVerdict.Sent, "2.0.0 250 ok", $"mx.{domain} [127.0.0.1]");
            return new RelayReport([.. message.Recipients.Select(_ => outcome)]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Reports as they would be sent.</summary>
internal sealed class FakeReports : IDeliveryReports
{
    private readonly ConcurrentDictionary<MessageId, IReadOnlyList<QueueEntry>> sent = new();

    public ConcurrentQueue<IReadOnlyList<QueueEntry>> Calls { get; } = new();

    /// <summary>Throws when it returns an exception.</summary>
    public Func<Exception?> Fault { get; set; } = static () => null;

    /// <summary>The same report again is the same message.</summary>
    public IReadOnlyList<IReadOnlyList<QueueEntry>> Of(MessageId id, ReportKind kind) =>
        [.. sent.Values.Where(each => each[0].Id == id && each[0].Report == kind)];

    public Task SendAsync(IReadOnlyList<QueueEntry> entries)
    {
        Calls.Enqueue(entries);
        if (Fault() is { } fault)
            throw fault;
        sent[ReportId.Of(entries, entries[0].Report)] = entries;
        return Task.CompletedTask;
    }
}
