using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>
/// The failures of one address, in memory: what a dying process forgets costs an attacker's address one budget more, while
/// its block is durable.
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
        if (account is not null)
            _ = GrainFactory.GetGrain<IAccountBudgetGrain>(account).FailAsync(); // one way: it neither fails nor delays
        var count = failures.Add(Math.Max(1, options.LoginFailures), options.Window, time);
        var now = time.GetUtcNow();
        if (blockedUntil <= now)
            (blockedUntil, isListed) = (null, false);
        if (options.LoginFailures > 0 && count >= options.LoginFailures)
            blockedUntil ??= now + options.BlockTime;
        DelayDeactivation(blockedUntil is { } end && end - now > options.Window ? end - now : options.Window);
        if (blockedUntil is { } until && !isListed && now >= listAgain)
            listing = ListAsync(until);
        return Task.FromResult(new ClientVerdict(count, blockedUntil));
    }

    public async Task ForgiveAsync()
    {
        await listing; // else the block would come behind its end
        failures.Clear();
        (blockedUntil, isListed) = (null, false);
    }

    /// <summary>The caller, who is told anyway, does not wait for it. What fails is tried again by a later failure.</summary>
    private async Task ListAsync(DateTimeOffset until)
    {
        isListed = true;
        try
        {
            var entry = new TimedEntry(this.GetPrimaryKeyString(), until, TimedReasons.Logins);
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

    [LoggerMessage(900, LogLevel.Warning, "{Address} is blocked at the gateways where it fails only: the list of blocks is full")]
    private partial void LogFull(string address);

    [LoggerMessage(901, LogLevel.Warning, "{Address} is blocked at the gateways where it fails only: the list of blocks does not answer")]
    private partial void LogNotBlocked(Exception exception, string address);
}
