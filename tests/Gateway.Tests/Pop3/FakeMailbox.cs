using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>A mailbox in memory that keeps the rules of its contract, and fails where a test wants it to.</summary>
internal sealed class FakeMailbox(TimeProvider time) : IMailboxGrain
{
    private readonly List<MailboxEntry> entries = [];
    private readonly Dictionary<string, int> faults = [];
    private MailboxLease? holder;
    private long sequence;

    public IReadOnlyList<MailboxEntry> Entries => entries;

    /// <summary>The calls in their order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>How long the clients were silent, as renewals told.</summary>
    public List<TimeSpan> Silences { get; } = [];

    public bool IsHeld => holder is not null;

    /// <summary>Entries of a page; small, so that a few messages are several pages.</summary>
    public int MaxPage { get; set; } = 2;

    public OpenStatus? Refusal { get; set; }

    public MailboxEntry Add(string id, BodyRef body, string deliveredTo = "mick@acme.test")
    {
        Assert.True(MessageId.TryParse(id, out var message));
        var entry = new MailboxEntry(message, ++sequence, DeliveredToField.Length(deliveredTo) + body.Size, body, deliveredTo);
        entries.Add(entry);
        return entry;
    }

    /// <summary>The next calls of a method fail.</summary>
    public void Fail(string method, int times = int.MaxValue) => faults[method] = times;

    /// <summary>Another session takes the mailbox over.</summary>
    public void TakeOver() => holder = NewLease();

    public Task<OpenResult> OpenAsync(MessageId session, TimeSpan takeOverAfter)
    {
        Call("Open");
        if (Refusal is { } refusal)
            return Task.FromResult(new OpenResult(refusal, null, null));
        if (holder is not null && holder.Token != session)
            return Task.FromResult(new OpenResult(OpenStatus.InUse, null, null));
        holder = new(session, 1, sequence);
        return Task.FromResult(new OpenResult(OpenStatus.Granted, holder, new(entries.Count, entries.Sum(entry => entry.Size))));
    }

    public Task<bool> RenewAsync(MailboxLease lease, TimeSpan silent)
    {
        Call("Renew");
        Silences.Add(silent);
        return Task.FromResult(lease == holder);
    }

    public Task<IndexPage?> ReadIndexAsync(MailboxLease lease, MessageId? after, int limit)
    {
        Call("ReadIndex");
        if (lease != holder)
            return Task.FromResult<IndexPage?>(null);
        var rest = entries.Where(entry => entry.Sequence <= lease.Sequence && (after is null || entry.Id > after)).OrderBy(entry => entry.Id).ToList();
        var page = rest.Take(Math.Min(limit, MaxPage)).ToList();
        return Task.FromResult<IndexPage?>(new(page, rest.Count > page.Count ? page[^1].Id : null));
    }

    public Task<QuitResult> QuitAsync(MailboxLease lease, IReadOnlyList<MailboxDeletion> deletions)
    {
        Call("Quit");
        if (lease != holder)
            return Task.FromResult(QuitResult.LeaseLost);
        holder = null;
        entries.RemoveAll(entry => deletions.Contains(new(entry.Id, entry.Size)));
        return Task.FromResult(QuitResult.Done);
    }

    public Task ReleaseAsync(MessageId session)
    {
        Call("Release");
        if (session == holder?.Token)
            holder = null;
        return Task.CompletedTask;
    }

    public Task<AppendResult> AppendAsync(Delivery delivery) => throw new NotSupportedException();

    public Task<MailboxUsage> ReadUsageAsync() => throw new NotSupportedException();

    public Task CloseAsync() => throw new NotSupportedException();

    private MailboxLease NewLease() => new(MessageId.New(time), 1, sequence);

    private void Call(string method)
    {
        Calls.Add(method);
        if (!faults.TryGetValue(method, out var times) || times == 0)
            return;
        faults[method] = times - 1;
        throw new StorageException($"{method} fails as the test wants");
    }
}
