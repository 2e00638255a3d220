using System.Collections;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>
/// The snapshot of a mailbox that a session sees: messages in the order of arrival, numbered from 1, with the marks of
/// DELE (RFC 1939 section 5).
/// </summary>
internal sealed class MessageListing
{
    private const int PageSize = 1000;

    private readonly ListedMessage[] messages;
    private readonly BitArray deleted;

    private MessageListing(ListedMessage[] messages)
    {
        this.messages = messages;
        deleted = new BitArray(messages.Length);
        foreach (ref readonly var message in messages.AsSpan())
            Octets += message.Size;
    }

    /// <summary>Messages of the snapshot, deleted ones too: the highest message number.</summary>
    public int Count => messages.Length;

    /// <summary>Their octets.</summary>
    public long Octets { get; }

    /// <summary>Messages that are marked as deleted.</summary>
    public int DeletedMessages { get; private set; }

    /// <summary>Their octets.</summary>
    public long DeletedOctets { get; private set; }

    /// <summary>Reads the snapshot by pages; null when the lease is lost.</summary>
    public static async Task<MessageListing?> ReadAsync(IMailboxGrain mailbox, MailboxLease lease, long expected)
    {
        var messages = new List<ListedMessage>((int)Math.Max(expected, 0));
        var fields = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        MessageId? after = null;
        do
        {
            if (await mailbox.ReadIndexAsync(lease, after, PageSize) is not { } page)
                return null;
            foreach (var entry in page.Entries)
            {
                if (!fields.TryGetValue(entry.DeliveredTo, out var field))
                    fields.Add(entry.DeliveredTo, field = DeliveredToField.Format(entry.DeliveredTo));
                messages.Add(new(entry.Id, entry.Sequence, entry.Size, entry.Body, field));
            }

            after = page.Next;
        }
        while (after is not null);

        messages.Sort(static (left, right) =>
            left.Sequence != right.Sequence ? left.Sequence.CompareTo(right.Sequence) : left.Id.CompareTo(right.Id));
        return new([.. messages]);
    }

    /// <summary>Whether the number is one of the snapshot's.</summary>
    public bool Contains(int number) => number >= 1 && number <= messages.Length;

    public bool IsDeleted(int number) => deleted[number - 1];

    /// <summary>The message with a number that the snapshot contains.</summary>
    public ref readonly ListedMessage this[int number] => ref messages[number - 1];

    /// <summary>Marks a message that is not marked yet.</summary>
    public void Delete(int number)
    {
        deleted[number - 1] = true;
        DeletedMessages++;
        DeletedOctets += messages[number - 1].Size;
    }

    /// <summary>Takes all marks away.</summary>
    public void Undelete()
    {
        deleted.SetAll(false);
        DeletedMessages = 0;
        DeletedOctets = 0;
    }

    /// <summary>What QUIT deletes.</summary>
    public IReadOnlyList<MailboxDeletion> Deletions()
    {
        var deletions = new List<MailboxDeletion>(DeletedMessages);
        for (var i = 0; i < messages.Length; i++)
        {
            if (deleted[i])
                deletions.Add(new(messages[i].Id, messages[i].Size));
        }

        return deletions;
    }
}
