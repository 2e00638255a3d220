using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// An address of ours. Reentrant: readers never wait behind a writer's I/O, and writers take turns. A name that does
/// not exist leaves memory within a second, so that a dictionary attack costs none; not at once, because the calls that
/// are on their way to it would find one leaving activation after the other. Its faces are in the files beside.
/// </summary>
[Reentrant, GrainType("address")]
internal sealed partial class AddressGrain : Grain, IAddressGrain, IAccountGrain, IAliasGrain, IListAddressGrain, IAddressWork
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(1);

    private readonly CachedRow<NameRow> row;
    private readonly SettledRows rows;
    private readonly AddressOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<AddressGrain> logger;
    private readonly AsyncMutex writers = new();
    private readonly string local;
    private readonly string domain;
    private Task<Resolution>? resolution;
    private NameRow? resolved;
    private IGrainTimer? leaving;

    public AddressGrain(SettledRows rows, IOptions<AddressOptions> options, TimeProvider time, ILogger<AddressGrain> logger)
    {
        this.rows = rows;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        var at = Address.LastIndexOf('@');
        local = Address[..at];
        domain = Address[(at + 1)..];
        row = new CachedRow<NameRow>(new RowKey(NameRow.Partition(domain), NameRow.Key(local)), rows, time);
    }

    private string Address => this.GetPrimaryKeyString();

    private IDomainGrain Domain => GrainFactory.GetGrain<IDomainGrain>(domain);

    public Task<Resolution> ResolveAsync()
    {
        // The answer is kept as a finished task: a known address costs no allocation.
        if (row.IsKnown && resolution is not null && ReferenceEquals(resolved, row.Value))
            return resolution;
        return ReadAndResolveAsync();
    }

    public async Task<DateTimeOffset?> ResumeAsync()
    {
        using (await writers.EnterAsync())
        {
            await row.RefreshAsync();
            await FinishAsync();
            if (row.Value is null)
                Leave();
            return null;
        }
    }

    public async Task RemoveAsync()
    {
        using (await writers.EnterAsync())
            await DeleteAsync<NameRow>();
    }

    public async Task ForgetAsync()
    {
        using (await writers.EnterAsync())
        {
            if (await row.RefreshAsync() is null)
                Leave();
        }
    }

    private async Task<Resolution> ReadAndResolveAsync()
    {
        await ReadAsync<NameRow>(TimeSpan.MaxValue);
        var answer = row.Value?.Resolution ?? Resolution.None;
        resolved = row.Value;
        resolution = Task.FromResult(answer);
        return answer;
    }

    /// <summary>The name, or null when it is none, another kind or being deleted.</summary>
    private async ValueTask<T?> ReadAsync<T>(TimeSpan age)
        where T : NameRow
    {
        var name = await row.ReadAsync(age);
        if (name is null)
            Leave();
        else if (name is { Deleting: true } or UserRow { IsMoving: true })
            _ = FinishBesideCallersAsync();
        return name is { Deleting: false } ? name as T : null;
    }

    /// <summary>Reads the row anew and finishes what was begun with it. A writer's first step.</summary>
    private async Task<NameRow?> BeginWritingAsync()
    {
        if (await row.RefreshAsync() is { Deleting: true } or UserRow { IsMoving: true })
            await FinishAsync();
        return row.Value;
    }

    /// <summary>
    /// Deletes the name if it is one of kind <typeparamref name="T"/>. What else goes with it is promised first and then
    /// done; what fails of it is the work grain's.
    /// </summary>
    private async Task<NameResult> DeleteAsync<T>()
        where T : NameRow
    {
        if (await row.RefreshAsync() is UserRow { IsMoving: true })
            await FinishAsync(); // the user is there by now, or stays here
        while (await row.ReadAsync() is T { Deleting: false } name)
        {
            if (name is AliasRow)
            {
                if (!await row.DeleteAsync())
                    continue;
                return Absent(NameOutcome.Done);
            }

            // The owners of a list go with the list.
            if (name is not (UserRow or ListRow))
                return Absent(NameOutcome.NotFound);
            await PromiseWorkAsync();
            await row.WriteAsync(name with { Deleting = true });
        }

        if (row.Value is not T)
            return Absent(NameOutcome.NotFound);
        await TryFinishAsync(); // the mark is durable, so the name is deleted
        return new NameResult(NameOutcome.Done);
    }

    private Task PromiseWorkAsync()
    {
        var item = WorkItem.Address(Address);
        return GrainFactory.GetGrain<IWorkGrain>(WorkItem.SliceOf(item)).AddAsync(item, time.GetUtcNow() + options.WorkGrace);
    }

    /// <summary>
    /// A domain's deletion lists its names; one that is created at that moment may be too late for the list. So the
    /// creation looks at the domain once more, after its commit.
    /// </summary>
    private async Task<NameResult> KeepIfDomainStandsAsync()
    {
        if (await DomainStandsAsync())
            return new NameResult(NameOutcome.Done);
        if (row.Value is ListRow list)
            await RemoveListAsync(list);
        else
            await row.DeleteAsync();
        return Absent(NameOutcome.NoDomain);
    }

    private Task<bool> DomainStandsAsync() => GrainFactory.GetGrain<IDomainWork>(domain).StandsAsync();

    /// <summary>Whoever meets a marked row finishes what was begun, beside its own business.</summary>
    private async Task FinishBesideCallersAsync()
    {
        using (await writers.EnterAsync())
            await TryFinishAsync();
    }

    private async Task TryFinishAsync()
    {
        try
        {
            await FinishAsync();
        }
        catch (Exception failure)
        {
            LogPutOff(failure, Address);
        }
    }

    private Task FinishAsync() => row.Value switch
    {
        UserRow { IsMoving: true } user => FinishMoveAsync(user),
        UserRow { Deleting: true } user => FinishDeletionAsync(user),
        ListRow { Deleting: true } list => FinishDeletionAsync(list),
        _ => Task.CompletedTask,
    };

    /// <summary>The name does not exist: the activation ends soon, unless it exists by then.</summary>
    private void Leave() => leaving ??= this.RegisterGrainTimer(
        _ =>
        {
            leaving?.Dispose();
            leaving = null;
            if (row.Value is null)
                DeactivateOnIdle();
            return Task.CompletedTask;
        },
        Stay,
        Timeout.InfiniteTimeSpan);

    private NameResult Taken() => new(NameOutcome.Exists, row.Value?.Kind ?? NameKind.None, Address);

    private NameResult Absent(NameOutcome outcome)
    {
        Leave();
        return new NameResult(outcome);
    }
}
