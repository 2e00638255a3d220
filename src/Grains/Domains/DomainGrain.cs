using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// A domain of ours. Reentrant, because the users that its deletion removes report back to it; writers take turns.
/// </summary>
[Reentrant, GrainType("domain")]
internal sealed partial class DomainGrain : Grain, IDomainGrain, IDomainWork
{
    private readonly SettledRows rows;
    private readonly DomainCopies copies;
    private readonly DomainOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<DomainGrain> logger;
    private readonly AsyncMutex writers = new();
    private readonly UserCount users;
    private readonly CachedRow<DomainRow> row;
    private Task? emptying;

    public DomainGrain(SettledRows rows, DomainCopies copies, IOptions<DomainOptions> options, TimeProvider time, ILogger<DomainGrain> logger)
    {
        this.rows = rows;
        this.copies = copies;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        users = new UserCount(Name, rows, time);
        row = new CachedRow<DomainRow>(new RowKey(DomainRow.Partition, DomainRow.Key(Name)), rows, time);
    }

    private string Name => this.GetPrimaryKeyString();

    private string Names => NameRow.Partition(Name);

    public async Task<DomainResult> CreateAsync(DomainSettings settings)
    {
        // A name that is going must be gone first; when that takes too long, the caller is told to try again.
        if (await row.RefreshAsync() is { Deleting: true })
            await EmptyAsync();
        using (await writers.EnterAsync())
        {
            if (await row.RefreshAsync() is not null)
                return DomainResult.Exists;

            // A user whose creation outlasted the deletion of an earlier domain of this name is not this one's.
            await RemoveNamesAsync();
            users.Forget();
            if (!await row.WriteAsync(new DomainRow(false, settings)))
                return DomainResult.Exists;
        }

        await AnnounceAsync();
        return DomainResult.Done;
    }

    public async Task<Domain?> ReadAsync() =>
        await StandingAsync() is { } standing ? new Domain(Name, standing.Settings, await users.ReadAsync()) : null;

    public async Task<DomainResult> ChangeAsync(DomainChange change)
    {
        using (await writers.EnterAsync())
        {
            DomainRow? standing;
            do
            {
                standing = await StandingAsync();
                if (standing is null)
                    return DomainResult.NotFound;
            }
            while (!await row.WriteAsync(standing with { Settings = Changed(standing.Settings, change) }));
            users.Forget(); // without a limit nobody was counted
        }

        await AnnounceAsync();
        return DomainResult.Done;
    }

    public async Task<DomainResult> DeleteAsync()
    {
        using (await writers.EnterAsync())
        {
            DomainRow? standing;
            do
            {
                standing = await StandingAsync();
                if (standing is null)
                    return DomainResult.NotFound;
                var item = WorkItem.Domain(Name);
                await GrainFactory.GetGrain<IWorkGrain>(WorkItem.SliceOf(item)).AddAsync(item, time.GetUtcNow() + options.WorkGrace);
            }
            while (!await row.WriteAsync(standing with { Deleting = true }));
        }

        await AnnounceAsync();
        _ = EmptyBesideCallersAsync();
        return DomainResult.Done;
    }

    public async Task<NamePage> ListAsync(string after, int limit)
    {
        if (await StandingAsync() is null)
            return new NamePage(Array.Empty<NameEntry>(), null);
        var range = RowRange.Prefix(Names, NameRow.Names);
        if (after.Length > 0)
            range = range.After(NameRow.Key(after));
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));
        var names = new List<NameEntry>(page.Rows.Count);
        foreach (var found in page.Rows)
        {
            var name = NameRow.Decode(found.Value);
            if (!name.Deleting)
                names.Add(new NameEntry(NameRow.LocalOf(found.Key), name.Kind, name is UserRow { WeakPassword: true }));
        }

        return new NamePage(names, page.Next is null ? null : NameRow.LocalOf(page.Rows[^1].Key));
    }

    public async Task<Admission> AdmitUserAsync()
    {
        if (await StandingAsync() is not { } standing)
            return new Admission(NameOutcome.NoDomain, null);
        return await users.TryAdmitAsync(standing.Settings.MaxUsers, options.CreationTime)
            ? new Admission(NameOutcome.Done, standing.Settings)
            : new Admission(NameOutcome.DomainFull, null);
    }

    public Task DismissUserAsync()
    {
        users.Dismiss();
        return Task.CompletedTask;
    }

    public async Task<bool> StandsAsync() => await StandingAsync() is not null;

    public async Task<DateTimeOffset?> ResumeAsync()
    {
        if (await row.RefreshAsync() is { Deleting: true })
            await EmptyAsync();
        return null;
    }

    private static DomainSettings Changed(DomainSettings settings, DomainChange change) => settings with
    {
        DefaultMaxInKb = change.DefaultMaxInKb ?? settings.DefaultMaxInKb,
        DefaultMaxOutKb = change.DefaultMaxOutKb ?? settings.DefaultMaxOutKb,
        MaxInKb = change.MaxInKb ?? settings.MaxInKb,
        MaxOutKb = change.MaxOutKb ?? settings.MaxOutKb,
        DefaultMailbox = change.DefaultMailbox ?? settings.DefaultMailbox,
        DefaultQuotaKb = change.DefaultQuotaKb ?? settings.DefaultQuotaKb,
        MaxUsers = change.MaxUsers ?? settings.MaxUsers,
        IncomingFooter = change.IncomingFooter ?? settings.IncomingFooter,
        OutgoingFooter = change.OutgoingFooter ?? settings.OutgoingFooter,
        ShowFooter = change.ShowFooter ?? settings.ShowFooter,
    };

    /// <summary>The domain, or null when it is not ours or is being deleted.</summary>
    private async ValueTask<DomainRow?> StandingAsync()
    {
        var domain = await row.ReadAsync();
        if (domain is null)
            DeactivateOnIdle();
        else if (domain.Deleting && emptying is null)
            _ = EmptyBesideCallersAsync(); // whoever meets a half-done deletion finishes it
        return domain is { Deleting: false } ? domain : null;
    }

    /// <summary>The change is durable already; gateways that miss the news look for themselves within half a minute.</summary>
    private async Task AnnounceAsync()
    {
        copies.Forget(Name);
        try
        {
            await GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.TheKey).DomainsChangedAsync();
        }
        catch (Exception failure)
        {
            LogNotAnnounced(failure, Name);
        }
    }

    private async Task EmptyBesideCallersAsync()
    {
        try
        {
            await EmptyAsync();
        }
        catch (Exception failure)
        {
            LogDeletionPutOff(failure, Name);
        }
    }

    private Task EmptyAsync()
    {
        var empty = emptying ?? EmptyAndForgetAsync();
        if (!empty.IsCompleted)
            emptying = empty;
        return empty;
    }

    /// <summary>Removes the names of a marked domain, and then its row.</summary>
    private async Task EmptyAndForgetAsync()
    {
        try
        {
            await RemoveNamesAsync();
            using (await writers.EnterAsync())
            {
                if (await row.RefreshAsync() is { Deleting: true })
                    await row.DeleteAsync();
            }

            DeactivateOnIdle();
        }
        finally
        {
            emptying = null;
        }
    }

    private async Task RemoveNamesAsync()
    {
        string? first = null;
        while (true)
        {
            var page = await rows.ScanAsync(RowRange.Prefix(Names, NameRow.Names), StoreLimits.PageRows);
            if (page.Rows.Count == 0)
                return;
            if (page.Rows[0].Key == first)
                throw new StorageException("a name of the domain could not be removed yet");
            first = page.Rows[0].Key;
            await InParallel.ForEachAsync(
                page.Rows,
                options.DeletionWidth,
                name => GrainFactory.GetGrain<IAddressWork>($"{NameRow.LocalOf(name.Key)}@{Name}").RemoveAsync());
        }
    }
}
