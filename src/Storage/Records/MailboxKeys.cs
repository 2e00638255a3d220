namespace Orleans.Mail.Storage;

/// <summary>
/// Where a mailbox's rows are. Public, because the gateway names the entry that a body will belong to
/// (<see cref="BodyHint.SoleHolder"/>) before the mailbox has heard of the message.
/// </summary>
public static class MailboxKeys
{
    /// <summary>The prefix of mailboxes' partitions.</summary>
    public const string Partitions = "m!";

    /// <summary>The prefix of entries.</summary>
    public const string Entries = "i!";

    /// <summary>The partition of a mailbox.</summary>
    public static string Partition(string mailboxId) => Partitions + KeyText.Escape(mailboxId);

    /// <summary>The key of a message's entry inside the partition.</summary>
    public static string Entry(MessageId id) => Entries + id.ToString();

    /// <summary>The entry of a message in a mailbox: the sole holder of its body when the message has one recipient.</summary>
    public static RowKey EntryOf(string mailboxId, MessageId id) => new(Partition(mailboxId), Entry(id));
}
