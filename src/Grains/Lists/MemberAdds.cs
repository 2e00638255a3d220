using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>New members of one list on their way into the store: those that come while a commit runs share the next one.</summary>
internal sealed class MemberAdds(string partition, CachedRow<ListState> state, AsyncMutex writers, SettledRows rows)
{
    /// <summary>Members of one commit: an administrator is two rows, and the list's own is the first.</summary>
    private const int PerCommit = (StoreLimits.BatchOperations - 1) / 2;

    private readonly Queue<Add> waiting = new();
    private readonly List<Add> taken = [];
    private bool running;

    public Task<NameOutcome> AddAsync(ListMember member, string tail)
    {
        var add = new Add(member, tail);
        waiting.Enqueue(add);
        if (!running)
            _ = RunAsync(); // it ends every add by a result or an exception, and itself never fails
        return add.Task;
    }

    private async Task RunAsync()
    {
        running = true;
        while (waiting.Count > 0)
        {
            try
            {
                using (await writers.EnterAsync())
                {
                    Take();
                    await CommitTakenAsync();
                }
            }
            catch (Exception failure)
            {
                foreach (var add in taken)
                    add.SetException(failure);
                taken.Clear();
            }
        }

        running = false;
    }

    /// <summary>The same address twice is left for the next commit, which finds it there.</summary>
    private void Take()
    {
        while (taken.Count < PerCommit && waiting.TryPeek(out var next) && !taken.Exists(add => add.Tail == next.Tail))
            taken.Add(waiting.Dequeue());
    }

    private async ValueTask CommitTakenAsync()
    {
        while (taken.Count > 0)
        {
            var current = await state.ReadAsync() ?? ListState.New;
            if (current.Gone)
                End(NameOutcome.NotFound);
            else if (await state.WriteAsync(current, batch => Insert(batch, current.Generation)))
                End(NameOutcome.Done);
            else
                await EndThoseThereAsync();
        }
    }

    private void Insert(RowBatch batch, int generation)
    {
        foreach (var (member, tail) in taken)
        {
            var value = new MemberRow(member).Encode();
            batch.Insert(MemberRow.Prefix(MemberRow.Members, generation) + tail, value);
            if (member.Type == MemberType.Administrator)
                batch.Upsert(MemberRow.Prefix(MemberRow.Administrators, generation) + tail, value);
        }
    }

    /// <summary>The commit was refused: some are members already, or the list was changed by another activation.</summary>
    private async ValueTask EndThoseThereAsync()
    {
        var prefix = MemberRow.Prefix(MemberRow.Members, (await state.ReadAsync() ?? ListState.New).Generation);
        foreach (var add in taken.ToArray())
        {
            if (await rows.ReadAsync(new RowKey(partition, prefix + add.Tail)) is null)
                continue;
            taken.Remove(add);
            add.SetResult(NameOutcome.Exists);
        }
    }

    private void End(NameOutcome outcome)
    {
        foreach (var add in taken)
            add.SetResult(outcome);
        taken.Clear();
    }

    // Asynchronously: the next commit begins before the replies of the last one go out.
    private sealed class Add(ListMember member, string tail) : TaskCompletionSource<NameOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Tail => tail;

        public void Deconstruct(out ListMember newMember, out string newTail) => (newMember, newTail) = (member, tail);
    }
}
