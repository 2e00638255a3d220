using System.Collections.Immutable;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The QUITs that are not worked off: their messages are deleted, though their entries still stand.</summary>
internal sealed class DeletedMessages(MailboxPartition partition, SettledRows rows)
{
    private ImmutableList<DeletedSet>? sets;
    private int asOf;

    private ImmutableList<DeletedSet>? Known => partition.IsKnown && partition.Reads == asOf ? sets : null;

    /// <summary>
    /// The QUITs now; read from the store at first, and again after the box was. Take it before reading entries: what is
    /// worked off in the meantime stays hidden in it.
    /// </summary>
    public ValueTask<ImmutableList<DeletedSet>> ReadAsync() => Known is { } known ? ValueTask.FromResult(known) : ReadRowsAsync();

    /// <summary>Hides what a committed QUIT deletes.</summary>
    public void Add(string key, QuitRow quit) => sets = sets?.Add(new DeletedSet(key, quit));

    /// <summary>The entries show the deletion themselves now.</summary>
    public void Remove(DeletedSet set) => sets = sets?.Remove(set);

    private async ValueTask<ImmutableList<DeletedSet>> ReadRowsAsync()
    {
        // Inside the turn, so that no QUIT is committed between the scan and the answer.
        using (await partition.EnterAsync())
        {
            await partition.LoadAsync();
            if (Known is { } known)
                return known;
            var found = ImmutableList.CreateBuilder<DeletedSet>();
            for (RowRange? rest = RowRange.Prefix(partition.Name, QuitRow.Pending); rest is { } range;)
            {
                var page = await rows.ScanAsync(range, QuitRow.RowsPerCommit);
                foreach (var row in page.Rows)
                    found.Add(new DeletedSet(row.Key, QuitRow.Decode(row.Value)));
                rest = page.Next;
            }

            asOf = partition.Reads;
            return sets = found.ToImmutable();
        }
    }
}

/// <summary>The messages of one row of a QUIT.</summary>
internal sealed class DeletedSet(string key, QuitRow quit)
{
    private readonly HashSet<MessageId> ids = [.. quit.Ids];

    public string Key { get; } = key;

    public QuitRow Quit { get; } = quit;

    public bool Contains(MessageId id) => ids.Contains(id);
}
