using System.Runtime.CompilerServices;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Users and mailboxes as the rows show them, without any grain: for tools that look into a store, which may be in use.
/// It writes nothing.
/// </summary>
public sealed class StoredMail(IRowStore rows)
{
    /// <summary>The domains that stand, in ordinal order.</summary>
    public async IAsyncEnumerable<string> ReadDomainsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in ScanAsync(RowRange.All(DomainRow.Partition), cancellationToken))
        {
            if (!DomainRow.Decode(row.Value).Deleting)
                yield return DomainRow.NameOf(row.Key);
        }
    }

    /// <summary>The users of a domain, in ordinal order.</summary>
    public async IAsyncEnumerable<StoredUser> ReadUsersAsync(string domain, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in ScanAsync(RowRange.Prefix(NameRow.Partition(domain), NameRow.Names), cancellationToken))
        {
            if (ToUser(NameRow.LocalOf(row.Key), domain, row) is { } user)
                yield return user;
        }
    }

    /// <summary>A user; null when the address is none.</summary>
    public async ValueTask<StoredUser?> FindUserAsync(MailAddress address, CancellationToken cancellationToken)
    {
        var local = MailAddress.CanonicalLocal(address.Local);
        var row = await rows.ReadAsync(new RowKey(NameRow.Partition(address.Domain), NameRow.Key(local)), cancellationToken);
        return row is null ? null : ToUser(local, address.Domain, row);
    }

    /// <summary>The messages of a mailbox in the order of their arrival: some 150 octets of memory each.</summary>
    public async ValueTask<IReadOnlyList<MailboxEntry>> ReadMailboxAsync(string mailboxId, CancellationToken cancellationToken)
    {
        // Before the entries: what a QUIT deleted and the background worked off meanwhile shows in the entries.
        var deleted = await ReadDeletedAsync(mailboxId, cancellationToken);
        var entries = new List<MailboxEntry>();
        var prefix = RowRange.Prefix(MailboxKeys.Partition(mailboxId), MailboxKeys.Entries);
        await foreach (var row in ScanAsync(prefix, cancellationToken))
        {
            if (EntryRow.Decode(row.Value) is { } entry && IdOf(row) is var id && !deleted.Contains(id))
                entries.Add(new MailboxEntry(id, entry.Sequence, entry.Size, entry.Body, entry.DeliveredTo));
        }

        entries.Sort(static (one, other) => (one.Sequence, one.Id).CompareTo((other.Sequence, other.Id)));
        return entries;
    }

    /// <summary>What a mailbox knows of a message now.</summary>
    public async ValueTask<StoredMessageState> FindMessageAsync(string mailboxId, MessageId id, CancellationToken cancellationToken)
    {
        var deleted = await ReadDeletedAsync(mailboxId, cancellationToken);
        var row = await rows.ReadAsync(MailboxKeys.EntryOf(mailboxId, id), cancellationToken);
        if (row is null)
            return new StoredMessageState(MessagePresence.Unknown, 0);
        return EntryRow.Decode(row.Value) is { } entry && !deleted.Contains(id)
            ? new StoredMessageState(MessagePresence.Present, entry.Body.Size)
            : new StoredMessageState(MessagePresence.Deleted, 0);
    }

    private static StoredUser? ToUser(string local, string domain, Row row) =>
        NameRow.Decode(row.Value) is UserRow { Deleting: false } user
            ? new StoredUser(local, domain, user.MailboxId, user.Settings.Directory)
            : null;

    private static MessageId IdOf(Row row) =>
        MessageId.TryParse(row.Key.AsSpan(MailboxKeys.Entries.Length), out var id)
            ? id
            : throw new InvalidDataException($"{row.Key} is no message's entry");

    private async ValueTask<HashSet<MessageId>> ReadDeletedAsync(string mailboxId, CancellationToken cancellationToken)
    {
        var deleted = new HashSet<MessageId>();
        await foreach (var row in ScanAsync(RowRange.Prefix(MailboxKeys.Partition(mailboxId), QuitRow.Pending), cancellationToken))
            deleted.UnionWith(QuitRow.Decode(row.Value).Ids);
        return deleted;
    }

    private async IAsyncEnumerable<Row> ScanAsync(RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (RowRange? rest = range; rest is { } next;)
        {
            var page = await rows.ScanAsync(next, StoreLimits.PageRows, cancellationToken);
            foreach (var row in page.Rows)
                yield return row;
            rest = page.Next;
        }
    }
}

/// <summary>A user as the rows show it.</summary>
/// <param name="Local">The canonical local part.</param>
/// <param name="Domain">The domain.</param>
/// <param name="MailboxId">Its mailbox.</param>
/// <param name="Directory">DIR; empty when it was not given.</param>
public sealed record StoredUser(string Local, string Domain, string MailboxId, string Directory)
{
    public string Address => $"{Local}@{Domain}";
}

/// <param name="Presence">Whether the message is there.</param>
/// <param name="BodySize">Octets of its body when it is.</param>
public readonly record struct StoredMessageState(MessagePresence Presence, long BodySize);

/// <summary>What a mailbox knows of a message.</summary>
public enum MessagePresence
{
    /// <summary>It never had it, or has forgotten it.</summary>
    Unknown,

    Present,

    /// <summary>It was deleted, and is remembered so that it does not come back.</summary>
    Deleted,
}
