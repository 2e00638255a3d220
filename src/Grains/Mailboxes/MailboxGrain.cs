using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// A mailbox. Reentrant, so that nobody waits behind another's I/O; <see cref="MailboxPartition"/> keeps its commits one
/// at a time. Between awaits a turn is alone, so plain fields need no lock.
/// </summary>
[Reentrant, GrainType("mailbox")]
internal sealed class MailboxGrain : Grain, IMailboxGrain, IMailboxWork
{
    private readonly SettledRows rows;
    private readonly MailboxOptions options;
    private readonly TimeProvider time;
    private readonly MailboxPartition partition;
    private readonly AppendQueue appends;
    private readonly SessionLease session;
    private readonly DeletedMessages deleted;
    private readonly MailboxCleaner cleaner;
    private readonly MailboxQuit quits;

    // When the work grain will next look after this mailbox, as far as this activation knows.
    private DateTimeOffset? workDue;

    public MailboxGrain(
        SettledRows rows, BodyHolders holders, StoreDeadline deadline, IOptions<MailboxOptions> options, TimeProvider time, ILogger<MailboxGrain> logger)
    {
        this.rows = rows;
        this.options = options.Value;
        this.time = time;
        partition = new MailboxPartition(this.GetPrimaryKeyString(), rows, DeactivateOnIdle);
        appends = new AppendQueue(partition, rows, this.options, time);
        session = new SessionLease(this.options.LeaseTime, time);
        deleted = new DeletedMessages(partition, rows);
        cleaner = new MailboxCleaner(partition, rows, holders, deadline, deleted, this.options, time, logger);
        quits = new MailboxQuit(partition, rows, session, deleted, this.options, time);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        cleaner.Stop();
        return Task.CompletedTask;
    }

    public Task<AppendResult> AppendAsync(Delivery delivery) => appends.AddAsync(delivery);

    public async Task<MailboxUsage> ReadUsageAsync() => (await partition.ReadAsync()).Usage;

    public async Task<OpenResult> OpenAsync(MessageId token, TimeSpan takeOverAfter)
    {
        var box = await partition.ReadAsync();
        if (box.Closed)
            return Refused(OpenStatus.Closed);
        return session.StateFor(token, takeOverAfter) switch
        {
            SessionState.Free => session.Grant(token, box),
            SessionState.InUse => Refused(OpenStatus.InUse),
            _ => await TakeOverAsync(token, takeOverAfter),
        };
    }

    public async Task<bool> RenewAsync(MailboxLease lease, TimeSpan silent) =>
        session.Renew(lease, await partition.ReadAsync(), silent);

    public async Task<IndexPage?> ReadIndexAsync(MailboxLease lease, MessageId? after, int limit)
    {
        if (!await RenewAsync(lease, TimeSpan.Zero))
            return null;
        var hidden = await deleted.ReadAsync(); // before the entries: see there
        var range = RowRange.Prefix(partition.Name, MailboxKeys.Entries);
        if (after is { } last)
            range = range.After(MailboxKeys.Entry(last));
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));

        var entries = new List<MailboxEntry>(page.Rows.Count);
        foreach (var row in page.Rows)
        {
            if (EntryRow.Decode(row.Value) is not { } entry || entry.Sequence > lease.Sequence)
                continue;
            var id = IdOf(row);
            if (!hidden.Exists(set => set.Contains(id)))
                entries.Add(new MailboxEntry(id, entry.Sequence, entry.Size, entry.Body, entry.DeliveredTo));
        }

        return new IndexPage(entries, page.Next is null ? null : IdOf(page.Rows[^1]));
    }

    public async Task<QuitResult> QuitAsync(MailboxLease lease, IReadOnlyList<MailboxDeletion> deletions)
    {
        if (deletions.Count == 0)
        {
            session.End(lease.Token);
            return QuitResult.Done;
        }

        await PromiseWorkAsync();
        var result = await quits.CommitAsync(lease, deletions);
        Clean();
        return result;
    }

    public Task ReleaseAsync(MessageId token)
    {
        session.End(token);
        return Task.CompletedTask;
    }

    public async Task CloseAsync()
    {
        await PromiseWorkAsync();
        using (await partition.EnterAsync())
        {
            await partition.ChangeAsync(box =>
            {
                if (box.Closed)
                    return null;
                var next = box with { Messages = 0, Bytes = 0, ClosedAt = time.GetUtcNow() };
                return (partition.Begin(next), next);
            });
        }

        Clean();
    }

    public async Task<DateTimeOffset?> ResumeAsync()
    {
        workDue = await cleaner.RunAsync();
        return workDue;
    }

    private static OpenResult Refused(OpenStatus status) => new(status, null, null);

    private static MessageId IdOf(Row row) =>
        MessageId.TryParse(row.Key.AsSpan(MailboxKeys.Entries.Length), out var id)
            ? id
            : throw new InvalidDataException($"{row.Key} is no message's entry");

    private async Task<OpenResult> TakeOverAsync(MessageId token, TimeSpan takeOverAfter)
    {
        using (await partition.EnterAsync())
        {
            var box = await partition.LoadAsync();
            var state = session.StateFor(token, takeOverAfter); // another login may have been faster
            if (state == SessionState.InUse)
                return Refused(OpenStatus.InUse);
            if (state == SessionState.Free)
                return box.Closed ? Refused(OpenStatus.Closed) : session.Grant(token, box);
            await partition.ChangeAsync(current =>
            {
                box = current.Closed ? current : current with { Epoch = current.Epoch + 1 };
                return current.Closed ? null : (partition.Begin(box), box);
            });
            return box.Closed ? Refused(OpenStatus.Closed) : session.Grant(token, box);
        }
    }

    /// <summary>Has the work grain look after this mailbox, should its process die before the work is done.</summary>
    private async Task PromiseWorkAsync()
    {
        var now = time.GetUtcNow();
        var due = now + options.WorkGrace;
        if (workDue > now && workDue <= due)
            return;
        var item = WorkItem.Mailbox(this.GetPrimaryKeyString());
        await GrainFactory.GetGrain<IWorkGrain>(WorkItem.SliceOf(item)).AddAsync(item, due);
        workDue = due;
    }

    // Beside the callers: it logs its failures, and the work grain repeats it.
    private void Clean() => _ = cleaner.StartAsync();
}
