namespace Orleans.Mail.Grains;

/// <summary>Entries of one message for one destination that are sent together.</summary>
internal sealed class MessageGroup
{
    /// <summary>Recipients of one transaction, the least that every host takes (RFC 5321 4.5.3.1.8).</summary>
    public const int MaxRecipients = 100;

    public List<QueueItem> Items { get; } = [];

    /// <summary>What entries must have in common.</summary>
    public static Key KeyOf(QueueEntry entry) =>
        new(entry.Id, entry.Target.Sender ?? entry.Sender, entry.Body.High, entry.Body.Low, entry.Target.Via);

    /// <summary>What the relay is told.</summary>
    /// <param name="mayFinish">Whether the claims hold still.</param>
    public RelayMessage ToMessage(Func<bool> mayFinish)
    {
        var recipients = new RelayRecipient[Items.Count];
        for (var i = 0; i < recipients.Length; i++)
        {
            var entry = Items[i].Entry;
            recipients[i] = new RelayRecipient(entry.Target.Address, entry.Target.IsCopy ? Notify.Never : entry.Notify, entry.OriginalRecipient);
        }

        var first = Items[0].Entry;
        return new RelayMessage
        {
            Id = first.Id,
            Sender = first.Target.Sender ?? first.Sender,
            Recipients = recipients,
            Body = first.Body,
            Request = first.Request,
            DeliveredTo = first.Target.Via,
            MayFinish = mayFinish,
        };
    }

    internal readonly record struct Key(MessageId Id, string Sender, ulong High, ulong Low, string Via);
}

/// <summary>The messages of a lane that wait for their destination, in the order of their coming.</summary>
internal sealed class FeedLane
{
    private readonly Queue<MessageGroup> ready = new();
    private readonly Dictionary<MessageGroup.Key, MessageGroup> open = [];

    /// <summary>Messages that wait.</summary>
    public int Ready => ready.Count;

    /// <summary>Who sends, or asks for a place to.</summary>
    public int Runners { get; set; }

    /// <summary>Who of them waits for a place.</summary>
    public int Entering { get; set; }

    /// <summary>Waits for its turn among the shard's destinations.</summary>
    public bool Waits { get; set; }

    public void Add(QueueItem item)
    {
        var key = MessageGroup.KeyOf(item.Entry);
        if (!open.TryGetValue(key, out var group))
        {
            open.Add(key, group = new MessageGroup());
            ready.Enqueue(group);
        }

        group.Items.Add(item);
        if (group.Items.Count == MessageGroup.MaxRecipients)
            open.Remove(key);
    }

    /// <summary>The next message; null when none is ready. Entries that are no longer ready are left out.</summary>
    public MessageGroup? Take()
    {
        while (ready.TryDequeue(out var group))
        {
            var key = MessageGroup.KeyOf(group.Items[0].Entry);
            if (open.TryGetValue(key, out var last) && last == group)
                open.Remove(key);
            group.Items.RemoveAll(static item => item.State != ItemState.Ready);
            if (group.Items.Count == 0)
                continue;
            foreach (var item in group.Items)
                item.State = ItemState.Busy;
            return group;
        }

        return null;
    }
}
