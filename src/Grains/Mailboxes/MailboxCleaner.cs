using Microsoft.Extensions.Logging;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// What follows a QUIT or the closing of a mailbox in the background: bodies are released, entries become tombstones,
/// and these go when they have expired. Every step may happen twice. A body goes before the entry that names it, so
/// that a death between the two leaves no body that nobody knows of.
/// </summary>
internal sealed partial class MailboxCleaner(
    MailboxPartition partition,
    SettledRows rows,
    BodyHolders holders,
    StoreDeadline deadline,
    DeletedMessages deleted,
    MailboxOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Entries of one commit: a batch less the box, the QUIT and its list of tombstones.</summary>
    private const int EntriesPerCommit = StoreLimits.BatchOperations - 3;

    private Task<DateTimeOffset?>? running;
    private bool stopped;

    /// <summary>Cleans beside the callers of the grain. A failure is logged; <see cref="IWorkGrain"/> repeats it.</summary>
    public async Task StartAsync()
    {
        try
        {
            await RunAsync();
        }
        catch (Exception failure)
        {
            LogFailed(failure, partition.Name);
        }
    }

    /// <summary>Cleans all there is. Returns when there will be more, or null.</summary>
    public async Task<DateTimeOffset?> RunAsync()
    {
        if (running is { } already)
            await already; // it may have begun too early to see what this caller has left
        var run = running ?? CleanAsync();
        if (!run.IsCompleted)
            running = run;
        return await run;
    }

    /// <summary>The activation ends: another one goes on.</summary>
    public void Stop() => stopped = true;

    private async Task<DateTimeOffset?> CleanAsync()
    {
        try
        {
            var box = await partition.ReadAsync();
            if (!box.Closed)
            {
                foreach (var set in await deleted.ReadAsync())
                    await WorkOffAsync(set);
                box = await partition.ReadAsync();
            }

            return box.ClosedAt is { } closedAt ? await PurgeAsync(closedAt) : await ExpireAsync();
        }
        finally
        {
            running = null;
        }
    }

    /// <summary>Turns the entries of a QUIT into tombstones, and its row into the list of these.</summary>
    private async Task WorkOffAsync(DeletedSet set)
    {
        var oldest = MessageId.FirstAt(time.GetUtcNow() - options.TombstoneAge);
        var worked = new QuitRow(set.Quit.Expires, [.. set.Quit.Ids.Where(id => id >= oldest)]);
        for (var done = 0; done < set.Quit.Ids.Count && !stopped; done += EntriesPerCommit)
        {
            var ids = set.Quit.Ids.Skip(done).Take(EntriesPerCommit).ToList();
            await ReleaseAsync([.. ids.Select(MailboxKeys.Entry)]);
            var last = done + ids.Count == set.Quit.Ids.Count;
            var changed = await ChangeAsync(batch =>
            {
                foreach (var id in ids)
                {
                    if (id >= oldest)
                        batch.Upsert(MailboxKeys.Entry(id), EntryRow.Tombstone);
                    else
                        batch.Delete(MailboxKeys.Entry(id));
                }

                if (last)
                    batch.Delete(set.Key).Upsert(QuitRow.WorkedKey(set.Key), worked.Encode());
            });
            if (!changed)
                return;
            if (last)
                deleted.Remove(set);
        }
    }

    /// <summary>Removes the tombstones that have expired. Returns when the next ones do.</summary>
    private async Task<DateTimeOffset?> ExpireAsync()
    {
        DateTimeOffset? next = null;
        for (RowRange? rest = RowRange.Prefix(partition.Name, QuitRow.Worked); rest is { } range && !stopped;)
        {
            var page = await rows.ScanAsync(range, QuitRow.RowsPerCommit);
            foreach (var row in page.Rows)
            {
                var quit = QuitRow.Decode(row.Value);
                if (quit.Expires > time.GetUtcNow())
                    next = next < quit.Expires ? next : quit.Expires;
                else
                    await ExpireAsync(row.Key, quit);
            }

            rest = page.Next;
        }

        return stopped ? time.GetUtcNow() : next;
    }

    private async Task ExpireAsync(string key, QuitRow quit)
    {
        foreach (var ids in quit.Ids.Chunk(EntriesPerCommit))
        {
            await ChangeAsync(batch =>
            {
                foreach (var id in ids)
                    batch.Delete(MailboxKeys.Entry(id));
            });
        }

        await ChangeAsync(batch => batch.Delete(key));
    }

    /// <summary>Empties a closed mailbox. The closed box itself stays, so that nothing late can create the mailbox again.</summary>
    private async Task<DateTimeOffset?> PurgeAsync(DateTimeOffset closedAt)
    {
        for (var more = true; more && !stopped;)
        {
            var page = await rows.ScanAsync(RowRange.All(partition.Name).After(Box.Key), EntriesPerCommit);
            await ReleaseAsync(page.Rows);
            more = page.Rows.Count > 0;
            if (more)
                await ChangeAsync(batch => { foreach (var row in page.Rows) batch.Delete(row.Key); }, evenClosed: true);
        }

        var expires = closedAt + options.TombstoneAge;
        if (stopped || expires > time.GetUtcNow())
            return stopped ? time.GetUtcNow() : expires;
        using (await partition.EnterAsync())
            await partition.RemoveAsync();
        return null;
    }

    private async Task ReleaseAsync(IReadOnlyList<string> entries)
    {
        var found = new List<Row>(entries.Count);
        foreach (var key in entries)
        {
            if (await rows.ReadAsync(partition.KeyOf(key)) is { } row)
                found.Add(row);
        }

        await ReleaseAsync(found);
    }

    private Task ReleaseAsync(IReadOnlyList<Row> found) =>
        InParallel.ForEachAsync(found, options.ReleaseWidth, async row =>
        {
            if (row.Key.StartsWith(MailboxKeys.Entries, StringComparison.Ordinal) && EntryRow.Decode(row.Value) is { } entry)
                await holders.ReleaseAsync(entry.Body, partition.KeyOf(row.Key), deadline.Token);
        });

    /// <summary>Commits beside the box, which stays as it is. False when the mailbox was closed meanwhile: all goes anyway.</summary>
    private async Task<bool> ChangeAsync(Action<RowBatch> fill, bool evenClosed = false)
    {
        using (await partition.EnterAsync())
        {
            var result = await partition.ChangeAsync(box =>
            {
                if (box.Closed && !evenClosed)
                    return null;
                var batch = partition.Begin(box);
                fill(batch);
                return (batch, box);
            });
            return result is not null;
        }
    }
}
