using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// QUIT (RFC 1939 section 6): a session's deletions become durable, or none does. They are one commit up to 120,000
/// messages; a larger QUIT takes several, and one that fails between them goes on when it is repeated. The commit
/// starts a new epoch, so whatever else holds a lease of the old one can delete nothing more: messages are counted
/// down once only, even after several activations forgot who held the mailbox.
/// </summary>
internal sealed class MailboxQuit(
    MailboxPartition partition, SettledRows rows, SessionLease session, DeletedMessages deleted, MailboxOptions options, TimeProvider time)
{
    public async Task<QuitResult> CommitAsync(MailboxLease lease, IReadOnlyList<MailboxDeletion> deletions)
    {
        var parts = deletions.Chunk(QuitRow.IdsPerRow).ToList();
        using (await partition.EnterAsync())
        {
            for (var first = 0; first < parts.Count; first += QuitRow.RowsPerCommit)
            {
                if (!await CommitAsync(lease, parts, first))
                {
                    session.End(lease.Token); // it may hold the mailbox here, if it was lost to another activation
                    return await IsKnownAsync(lease, parts.Count) ? QuitResult.Done : QuitResult.LeaseLost;
                }
            }

            session.End(lease.Token);
            return QuitResult.Done;
        }
    }

    /// <summary>Commits the parts from <paramref name="first"/> on that fit. False when the lease does not hold.</summary>
    private async Task<bool> CommitAsync(MailboxLease lease, List<MailboxDeletion[]> parts, int first)
    {
        var end = Math.Min(first + QuitRow.RowsPerCommit, parts.Count);
        var written = new List<(string Key, QuitRow Row)>(end - first);
        for (var part = first; part < end; part++)
            written.Add((QuitRow.Key(QuitRow.Pending, lease.Token, part), RowOf(parts[part])));

        var result = await partition.ChangeAsync(box =>
        {
            if (!session.Renew(lease, box, TimeSpan.Zero))
                return null;
            var next = Without(box, parts, first, end);
            var batch = partition.Begin(next);
            foreach (var (key, row) in written)
                batch.Insert(key, row.Encode());
            return (batch, next);
        });

        if (result is null)
            return false;
        if (result.Value.Outcome == CommitOutcome.Done)
            written.ForEach(row => deleted.Add(row.Key, row.Row));
        return true; // a conflict: these parts were committed by an earlier try
    }

    private QuitRow RowOf(MailboxDeletion[] deletions)
    {
        var ids = Array.ConvertAll(deletions, deletion => deletion.Id);
        var forgotten = time.GetUtcNow() + options.QuitMemory;
        var buried = ids.Max().Time + options.TombstoneAge;
        return new QuitRow(forgotten > buried ? forgotten : buried, ids);
    }

    private static Box Without(Box box, List<MailboxDeletion[]> parts, int first, int end)
    {
        long messages = 0, bytes = 0;
        for (var part = first; part < end; part++)
        {
            messages += parts[part].Length;
            bytes += parts[part].Sum(deletion => deletion.Size);
        }

        return box with
        {
            Epoch = end == parts.Count ? box.Epoch + 1 : box.Epoch,
            Messages = box.Messages - messages,
            Bytes = box.Bytes - bytes,
        };
    }

    /// <summary>Whether this session's QUIT was committed before: its last part is there, worked off or not.</summary>
    private async Task<bool> IsKnownAsync(MailboxLease lease, int parts) =>
        await rows.ReadAsync(partition.KeyOf(QuitRow.Key(QuitRow.Pending, lease.Token, parts - 1))) is not null
        || await rows.ReadAsync(partition.KeyOf(QuitRow.Key(QuitRow.Worked, lease.Token, parts - 1))) is not null;
}
