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

    public async Task<ClientVerdict> FailAsync(string? account)
    {
        if (account is not null)
            _ = GrainFactory.GetGrain<IAccountBudgetGrain>(account).FailAsync(); // one way: it neither fails nor delays
        var count = failures.Add(Math.Max(1, options.LoginFailures), options.Window, time);
        DelayDeactivation(options.Window);
        if (blockedUntil <= time.GetUtcNow())
            blockedUntil = null;
        if (blockedUntil is null && options.LoginFailures > 0 && count >= options.LoginFailures)
            await BlockAsync();
        return new ClientVerdict(count, blockedUntil);
    }

    public Task ForgiveAsync()
    {
        failures.Clear();
        blockedUntil = null;
        return Task.CompletedTask;
    }

    private async Task BlockAsync()
    {
        var until = time.GetUtcNow() + options.BlockTime;
        blockedUntil = until;
        DelayDeactivation(options.BlockTime);
        try
        {
            var entry = new TimedEntry(this.GetPrimaryKeyString(), until, TimedReasons.Logins);
            if (!await GrainFactory.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks).AddAsync(entry))
                LogFull(entry.Subject);
        }
        catch (Exception exception)
        {
            LogNotBlocked(exception, this.GetPrimaryKeyString()); // who asks here is told all the same
        }
    }

    [LoggerMessage(900, LogLevel.Warning, "{Address} is blocked at the gateways where it fails only: the list of blocks is full")]
    private partial void LogFull(string address);

    [LoggerMessage(901, LogLevel.Warning, "{Address} is blocked at the gateways where it fails only: the list of blocks does not answer")]
    private partial void LogNotBlocked(Exception exception, string address);
}
