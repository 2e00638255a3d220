using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>
/// The failures of one address, or of all clients of one /48, in memory: what a dying process forgets costs an attacker's
/// address one budget more, while its block is durable.
/// </summary>
[GrainType("clientbudget")]
internal sealed partial class ClientBudgetGrain(IOptions<AbuseOptions> options, TimeProvider time, ILogger<ClientBudgetGrain> logger)
    : Grain, IClientBudgetGrain
{
    private readonly AbuseOptions options = options.Value;
    private FailureBudget failures;
    private DateTimeOffset? blockedUntil;
    private bool isListed;
    private DateTimeOffset listAgain;
    private Task listing = Task.CompletedTask;

    public Task<ClientVerdict> FailAsync(string? account)
    {
        // One way: these neither fail nor delay.
        if (account is not null)
            _ = GrainFactory.GetGrain<IAccountBudgetGrain>(account).FailAsync();
        if (options.LoginFailures > 0 && !IsBlocked) // else one client that tries on would cost its neighbours their budget
            _ = Site?.FailInSiteAsync(1);
        return Task.FromResult(Count(1, options.LoginFailures > 0, options.ClientLimit, TimedReasons.Logins));
    }

    public Task FailInSiteAsync(int failures)
    {
        Count(failures, options.SiteBlocks > 0, options.SiteLimit, TimedReasons.Site);
        return Task.CompletedTask;
    }

    public async Task ForgiveAsync()
    {
        await listing; // else the block would come behind its end
        failures.Clear();
        (blockedUntil, isListed) = (null, false);
        if (Site is { } site)
            await site.ForgiveAsync(); // else its next failure, or a neighbour's, could block it again
    }

    private bool IsBlocked => blockedUntil > time.GetUtcNow();

    /// <summary>Null: it is none of a /48, or these are not counted.</summary>
    private IClientBudgetGrain? Site => options.SiteBlocks > 0 ? GrainFactory.SiteBudgetOf(this.GetPrimaryKeyString()) : null;

    private ClientVerdict Count(int more, bool blocks, double limit, string reason)
    {
        var count = failures.Add(more, limit, options.Window, time);
        var now = time.GetUtcNow();
        if (!IsBlocked)
            (blockedUntil, isListed) = (null, false);
        if (blocks && count >= limit)
            blockedUntil ??= now + options.BlockTime;
        DelayDeactivation(blockedUntil is { } end && end - now > options.Window ? end - now : options.Window);
        if (blockedUntil is { } until && !isListed && now >= listAgain)
            listing = ListAsync(until, reason);
        return new ClientVerdict(count, blockedUntil);
    }

    /// <summary>Nobody waits for it: who fails is told anyway, a /48 is blocked a moment later. What fails is tried again by a later failure.</summary>
    private async Task ListAsync(DateTimeOffset until, string reason)
    {
        isListed = true;
        try
        {
            var entry = new TimedEntry(this.GetPrimaryKeyString(), until, reason);
            if (await GrainFactory.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks).AddAsync(entry))
                return;
            LogFull(entry.Subject);
        }
        catch (Exception exception)
        {
            LogNotBlocked(exception, this.GetPrimaryKeyString());
        }

        isListed = false;
        listAgain = time.GetUtcNow() + options.RetryDelay;
    }

    [LoggerMessage(900, LogLevel.Warning, "{Address} is blocked at most at the gateways where it fails: the list of blocks is full")]
    private partial void LogFull(string address);

    [LoggerMessage(901, LogLevel.Warning, "{Address} is blocked at most at the gateways where it fails: the list of blocks does not answer")]
    private partial void LogNotBlocked(Exception exception, string address);
}
