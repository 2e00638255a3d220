using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The members of a list. Its truth is its rows, and its memory is one of them (<see cref="ListState"/>). Reentrant, so that nobody
/// waits behind another's I/O; what changes that row takes turns.
/// </summary>
[Reentrant, GrainType("list")]
internal sealed partial class MailingListGrain : Grain, IMailingListGrain, IMailingListWork
{
    /// <summary>More administrators than this are not read at once.</summary>
    private const int MaxAdministrators = 100;

    private readonly SettledRows rows;
    private readonly ListOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<MailingListGrain> logger;
    private readonly string partition;
    private readonly CachedRow<ListState> state;
    private readonly AsyncMutex writers = new();
    private readonly MemberAdds adds;
    private Task? removing;

    public MailingListGrain(SettledRows rows, IOptions<ListOptions> options, TimeProvider time, ILogger<MailingListGrain> logger)
    {
        this.rows = rows;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        partition = MemberRow.Partition(this.GetPrimaryKeyString());
        state = new CachedRow<ListState>(new RowKey(partition, ListState.Key), rows, time);
        adds = new MemberAdds(partition, state, writers, rows);
    }

    public Task<NameOutcome> AddAsync(ListMember member) =>
        MailAddress.TryParse(member.Address, out var address)
            ? adds.AddAsync(member, MemberRow.TailOf(address))
            : throw new ArgumentException("a member needs an address", nameof(member));

    public Task<NameOutcome> ChangeAsync(ListMember member) =>
        ReplaceAsync(member.Address, before => before with { Type = member.Type });

    public async Task<NameOutcome> RemoveAsync(string address)
    {
        while (await FindRowAsync(address) is { } found)
        {
            var batch = new RowBatch(partition).Delete(found.Row.Key, found.Row.ETag).Delete(found.AdministratorKey);
            if ((await rows.CommitAsync(batch)).Outcome == CommitOutcome.Done)
                return NameOutcome.Done;
        }

        return NameOutcome.NotFound;
    }

    public async Task<ListMember?> FindAsync(string address) => (await FindRowAsync(address))?.Member;

    public async Task<MemberPage> ListAsync(string after, int limit)
    {
        var prefix = await PrefixAsync(MemberRow.Members);
        var range = RowRange.Prefix(partition, prefix);
        if (after.Length > 0)
            range = range.After(prefix + after);
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));
        var members = page.Rows.Select(static row => MemberRow.Decode(row.Value).Member).ToArray();
        return new MemberPage(members, page.Next is null ? null : page.Rows[^1].Key[prefix.Length..]);
    }

    public async Task<IReadOnlyList<string>> ReadAdministratorsAsync()
    {
        var range = RowRange.Prefix(partition, await PrefixAsync(MemberRow.Administrators));
        var page = await rows.ScanAsync(range, MaxAdministrators);
        return page.Rows.Select(static row => MemberRow.Decode(row.Value).Member.Address).ToArray();
    }

    public Task CountBounceAsync(string address) => ReplaceAsync(address, before => before with { Bounces = before.Bounces + 1 });

    public async Task ClearAsync(bool forEver)
    {
        using (await writers.EnterAsync())
        {
            ListState current;
            do
            {
                var known = await state.RefreshAsync();
                if (known is { Gone: true } || (known is null && !forEver))
                    return;
                current = known ?? ListState.New;
                var item = WorkItem.List(this.GetPrimaryKeyString());
                await GrainFactory.GetGrain<IWorkGrain>(WorkItem.SliceOf(item)).AddAsync(item, time.GetUtcNow() + options.WorkGrace);
            }
            while (!await state.WriteAsync(current.Cleared(forEver)));
        }

        _ = RemoveBesideCallersAsync();
    }

    public async Task<DateTimeOffset?> ResumeAsync()
    {
        await RemoveEarlierAsync();
        return null;
    }

    private async ValueTask<string> PrefixAsync(string prefix) =>
        MemberRow.Prefix(prefix, (await state.ReadAsync() ?? ListState.New).Generation);

    private async ValueTask<FoundMember?> FindRowAsync(string address)
    {
        if (!MailAddress.TryParse(address, out var parsed))
            return null;
        var generation = (await state.ReadAsync() ?? ListState.New).Generation;
        var tail = MemberRow.TailOf(parsed);
        var row = await rows.ReadAsync(new RowKey(partition, MemberRow.Prefix(MemberRow.Members, generation) + tail));
        return row is null ? null : new FoundMember(row, MemberRow.Prefix(MemberRow.Administrators, generation) + tail);
    }

    private async Task<NameOutcome> ReplaceAsync(string address, Func<ListMember, ListMember> change)
    {
        while (await FindRowAsync(address) is { } found)
        {
            var next = change(found.Member);
            var value = new MemberRow(next).Encode();
            var batch = new RowBatch(partition).Replace(found.Row.Key, value, found.Row.ETag);
            if (next.Type == MemberType.Administrator)
                batch.Upsert(found.AdministratorKey, value);
            else if (found.Member.Type == MemberType.Administrator)
                batch.Delete(found.AdministratorKey);
            if ((await rows.CommitAsync(batch)).Outcome == CommitOutcome.Done)
                return NameOutcome.Done;
        }

        return NameOutcome.NotFound;
    }

    private async Task RemoveBesideCallersAsync()
    {
        try
        {
            await RemoveEarlierAsync();
        }
        catch (Exception failure)
        {
            LogRemovalPutOff(failure, partition);
        }
    }

    /// <summary>Removes the rows of earlier generations. One run at a time; a clearing that comes meanwhile is found by its end.</summary>
    private async Task RemoveEarlierAsync()
    {
        while (removing is not null)
            await removing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        removing = RemoveAsync();
        try
        {
            await removing;
        }
        finally
        {
            removing = null;
        }
    }

    /// <summary>The members before the index: while an administrator's row stands, the index may be written again.</summary>
    private async Task RemoveAsync()
    {
        var generation = (await state.ReadAsync() ?? ListState.New).Generation;
        foreach (var prefix in new[] { MemberRow.Members, MemberRow.Administrators })
        {
            for (RowRange? rest = new RowRange(partition, prefix, MemberRow.Prefix(prefix, generation)); rest is { } range;)
            {
                var page = await rows.ScanAsync(range, StoreLimits.BatchOperations);
                if (page.Rows.Count > 0)
                    await rows.CommitAsync(page.Rows.Aggregate(new RowBatch(partition), static (batch, row) => batch.Delete(row.Key)));
                rest = page.Next;
            }
        }
    }

    private sealed record FoundMember(Row Row, string AdministratorKey)
    {
        public ListMember Member { get; } = MemberRow.Decode(Row.Value).Member;
    }
}
