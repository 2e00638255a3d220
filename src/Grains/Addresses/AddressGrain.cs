using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// An address of ours. Reentrant: readers never wait behind a writer's I/O, and writers take turns. A name that does
/// not exist deactivates at once, so that a dictionary attack costs no memory.
/// </summary>
[Reentrant, GrainType("address")]
internal sealed partial class AddressGrain : Grain, IAddressGrain, IAccountGrain, IAddressWork
{
    private readonly CachedRow<NameRow> row;
    private readonly AddressOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<AddressGrain> logger;
    private readonly AsyncMutex writers = new();
    private readonly string domain;
    private Task<Resolution>? resolution;
    private NameRow? resolved;

    public AddressGrain(SettledRows rows, IOptions<AddressOptions> options, TimeProvider time, ILogger<AddressGrain> logger)
    {
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        var at = Address.LastIndexOf('@');
        domain = Address[(at + 1)..];
        row = new CachedRow<NameRow>(new RowKey(NameRow.Partition(domain), NameRow.Key(Address[..at])), rows, time);
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

    public async Task<AccountResult> CreateAsync(AccountSettings settings, ScramVerifier verifier, bool weakPassword)
    {
        using (await writers.EnterAsync())
        {
            if (await row.RefreshAsync() is { Deleting: true })
                await FinishDeletionAsync();
            if (row.Value is not null)
                return AccountResult.Exists;
            var admission = await Domain.AdmitUserAsync();
            if (admission.Settings is not { } defaults)
                return Absent(admission.Result);
            var result = await row.WriteAsync(NewUser(settings, defaults, verifier, weakPassword))
                ? await KeepIfDomainStandsAsync()
                : AccountResult.Exists;

            // Not after an exception: the user may exist, and a count too high is corrected before it refuses anybody.
            if (result != AccountResult.Done)
                await Domain.DismissUserAsync();
            return result;
        }
    }

    public async Task<Account?> ReadAsync()
    {
        return await ReadUserAsync(TimeSpan.Zero) is { } user ? new Account(user.MailboxId, user.Settings, user.WeakPassword) : null;
    }

    public async Task<AccountResult> ChangeAsync(AccountChange change)
    {
        using (await writers.EnterAsync())
        {
            while (await ReadUserAsync(TimeSpan.MaxValue) is { } user)
            {
                if (await row.WriteAsync(Changed(user, change)))
                    return AccountResult.Done;
            }

            return AccountResult.NotFound;
        }
    }

    public async Task<AccountResult> DeleteAsync()
    {
        using (await writers.EnterAsync())
        {
            await row.RefreshAsync();
            while (await row.ReadAsync() is { Deleting: false } user)
            {
                var item = WorkItem.Address(Address);
                await GrainFactory.GetGrain<IWorkGrain>(WorkItem.SliceOf(item)).AddAsync(item, time.GetUtcNow() + options.WorkGrace);
                await row.WriteAsync(user with { Deleting = true });
            }

            if (row.Value is null)
                return Absent(AccountResult.NotFound);
            try
            {
                await FinishDeletionAsync();
            }
            catch (Exception failure)
            {
                // The mark is durable, so the user is deleted; what is left is the work grain's.
                LogDeletionPutOff(failure, row.Value?.MailboxId);
            }

            return AccountResult.Done;
        }
    }

    public async Task<AccountLogin?> GetLoginAsync()
    {
        return await ReadUserAsync(options.LoginFreshness) is { } user
            ? new AccountLogin(user.MailboxId, user.Verifier, row.Version, user.Settings.Enabled, user.WeakPassword)
            : null;
    }

    public async Task<DateTimeOffset?> ResumeAsync()
    {
        using (await writers.EnterAsync())
        {
            if (await row.RefreshAsync() is { Deleting: true })
                await FinishDeletionAsync();
            else if (row.Value is null)
                DeactivateOnIdle();
            return null;
        }
    }

    private static NameRow Changed(NameRow user, AccountChange change) => user with
    {
        Settings = user.Settings with
        {
            Directory = change.Directory ?? user.Settings.Directory,
            QuotaKb = change.QuotaKb ?? user.Settings.QuotaKb,
            Forward = change.Forward ?? user.Settings.Forward,
            Copy = change.Copy ?? user.Settings.Copy,
            MaxInKb = change.MaxInKb ?? user.Settings.MaxInKb,
            MaxOutKb = change.MaxOutKb ?? user.Settings.MaxOutKb,
            Enabled = change.Enabled ?? user.Settings.Enabled,
        },
        Verifier = change.Verifier ?? user.Verifier,
        WeakPassword = change.Verifier is null ? user.WeakPassword : change.WeakPassword,
    };

    private NameRow NewUser(AccountSettings settings, DomainSettings defaults, ScramVerifier verifier, bool weakPassword) =>
        new(false, MessageId.New(time).ToString(), settings with
        {
            QuotaKb = settings.QuotaKb ?? defaults.DefaultQuotaKb,
            MaxInKb = settings.MaxInKb ?? defaults.DefaultMaxInKb,
            MaxOutKb = settings.MaxOutKb ?? defaults.DefaultMaxOutKb,
        }, verifier, weakPassword);

    /// <summary>
    /// A domain's deletion lists its names; a user that is created at that moment may be too late for the list. So the
    /// creation looks at the domain once more, after its commit.
    /// </summary>
    private async Task<AccountResult> KeepIfDomainStandsAsync()
    {
        if (await GrainFactory.GetGrain<IDomainWork>(domain).StandsAsync())
            return AccountResult.Done;
        await row.DeleteAsync();
        return Absent(AccountResult.NoDomain);
    }

    private async Task<Resolution> ReadAndResolveAsync()
    {
        await ReadUserAsync(TimeSpan.MaxValue);
        var answer = row.Value switch
        {
            null => Resolution.None,
            { Deleting: true } => new Resolution(NameKind.User, null, true),
            var user => new Resolution(NameKind.User, user.MailboxId, !user.Settings.Enabled),
        };
        resolved = row.Value;
        resolution = Task.FromResult(answer);
        return answer;
    }

    /// <summary>The user, or null when the name is none or is being deleted.</summary>
    private async ValueTask<NameRow?> ReadUserAsync(TimeSpan age)
    {
        var name = await row.ReadAsync(age);
        if (name is null)
            DeactivateOnIdle();
        else if (name.Deleting)
            _ = GoOnDeletingAsync();
        return name is { Deleting: false } ? name : null;
    }

    /// <summary>Whoever meets a marked row finishes the deletion, beside its own business.</summary>
    private async Task GoOnDeletingAsync()
    {
        try
        {
            await ResumeAsync();
        }
        catch (Exception failure)
        {
            LogDeletionPutOff(failure, row.Value?.MailboxId);
        }
    }

    private async Task FinishDeletionAsync()
    {
        if (row.Value is not { Deleting: true } user)
            return;
        await GrainFactory.GetGrain<IMailboxGrain>(user.MailboxId).CloseAsync();
        if (!await row.DeleteAsync())
            return; // another activation was faster
        await Domain.DismissUserAsync();
        DeactivateOnIdle();
    }

    private AccountResult Absent(AccountResult result)
    {
        DeactivateOnIdle();
        return result;
    }
}
