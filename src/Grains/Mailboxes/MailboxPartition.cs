using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The rows of one mailbox and the rule that guards them: one commit at a time, and each replaces <c>box</c> by its ETag.
/// </summary>
/// <param name="mailboxId">The mailbox.</param>
/// <param name="rows">The store.</param>
/// <param name="stale">Called when another activation keeps writing this mailbox: this one must go.</param>
internal sealed class MailboxPartition(string mailboxId, SettledRows rows, Action stale)
{
    private readonly AsyncMutex turns = new();
    private Box? box;
    private ETag? etag;

    public string Name { get; } = MailboxKeys.Partition(mailboxId);

    public RowKey KeyOf(string key) => new(Name, key);

    /// <summary>The box as this activation knows it; read from the store at first.</summary>
    public ValueTask<Box> ReadAsync() => box is { } known ? ValueTask.FromResult(known) : ReadAtFirstAsync();

    /// <summary>Waits for the right to commit. The methods below ask for it.</summary>
    public ValueTask<AsyncMutex.Turn> EnterAsync() => turns.EnterAsync();

    /// <summary>The box that the next commit replaces.</summary>
    public async ValueTask<Box> LoadAsync()
    {
        if (box is { } known)
            return known;
        var row = await rows.ReadAsync(KeyOf(Box.Key));
        Reads++;
        etag = row?.ETag;
        return box = row is null ? Box.Empty : Box.Decode(row.Value);
    }

    /// <summary>
    /// How often the box was read. It is read again when a commit failed or met another activation's: what was known of
    /// the other rows may be wrong then, too.
    /// </summary>
    public int Reads { get; private set; }

    /// <summary>Whether the box is known, and <see cref="Reads"/> with it.</summary>
    public bool IsKnown => box is not null;

    /// <summary>Whether the row <c>box</c> exists.</summary>
    public bool Exists => etag is not null;

    /// <summary>A batch that begins with <paramref name="next"/> in place of the box.</summary>
    public RowBatch Begin(Box next)
    {
        var batch = new RowBatch(Name);
        return etag is { } current ? batch.Replace(Box.Key, next.Encode(), current) : batch.Insert(Box.Key, next.Encode());
    }

    /// <summary>Commits a batch of <see cref="Begin"/>. A conflict with index 0 means that the box was stale and will be read again.</summary>
    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, Box next)
    {
        CommitResult result;
        try
        {
            result = await rows.CommitAsync(batch);
        }
        catch (Exception)
        {
            box = null; // written or not: read it again
            throw;
        }

        if (result.Outcome == CommitOutcome.Done)
        {
            box = next;
            etag = result.ETags[0];
        }
        else if (result is { Outcome: CommitOutcome.Conflict, Index: 0 })
        {
            box = null;
        }

        return result;
    }

    /// <summary>
    /// Commits what <paramref name="plan"/> makes of the box, and once more when the box was stale. Returns null when the
    /// plan is to write nothing.
    /// </summary>
    public async ValueTask<CommitResult?> ChangeAsync(Func<Box, (RowBatch Batch, Box Next)?> plan)
    {
        for (var again = false; ; again = true)
        {
            if (plan(await LoadAsync()) is not { } change)
                return null;
            var result = await CommitAsync(change.Batch, change.Next);
            if (result is not { Outcome: CommitOutcome.Conflict, Index: 0 })
                return result;
            if (again)
                throw Stale();
        }
    }

    /// <summary>Removes the box of a mailbox that has nothing else left.</summary>
    public async ValueTask RemoveAsync()
    {
        await LoadAsync();
        if (etag is not { } current)
            return;
        box = null; // whatever happens, it is read again before its next use
        await rows.CommitAsync(new RowBatch(Name).Delete(Box.Key, current));
    }

    /// <summary>Ends this activation, because another one writes the mailbox.</summary>
    public StorageException Stale()
    {
        stale();
        return new StorageException("another activation writes this mailbox");
    }

    private async ValueTask<Box> ReadAtFirstAsync()
    {
        using (await EnterAsync())
            return await LoadAsync();
    }
}
