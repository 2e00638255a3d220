using System.Net;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>The messages that this gateway took last, for MSG TRACE: in memory, and as many as <see cref="Capacity"/>. The log has them all.</summary>
public sealed class RecentMessages(TimeProvider time)
{
    /// <summary>Messages that are remembered.</summary>
    public const int Capacity = 10_000;

    /// <summary>Recipients of a message that are remembered; the queue tells of the others.</summary>
    public const int MaxRecipients = 20;

    private readonly Taken[] ring = new Taken[Capacity];
    private readonly Lock guard = new();
    private long count;

    /// <summary>A message was made durable, and its client will hear so.</summary>
    public void Add(MessageId id, IPAddress client, Envelope envelope)
    {
        if (envelope.Recipients.Count > MaxRecipients)
            envelope = envelope with { Recipients = envelope.Recipients.Take(MaxRecipients).ToArray() };
        lock (guard)
            ring[count++ % Capacity] = new Taken(id, time.GetUtcNow(), client, envelope);
    }

    /// <summary>The message; null when it is not among the last ones.</summary>
    public AcceptedMessage? Find(MessageId id)
    {
        lock (guard)
        {
            foreach (var (known, at, client, envelope) in ring.AsSpan(0, (int)Math.Min(count, Capacity)))
            {
                if (known == id)
                    return new AcceptedMessage(at, client.ToString(), envelope.Sender, envelope.Recipients, envelope.Size);
            }
        }

        return null;
    }

    private readonly record struct Taken(MessageId Id, DateTimeOffset At, IPAddress Client, Envelope Envelope);
}
