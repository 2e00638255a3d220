using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>The failures at one account. While they go on its guard does, too.</summary>
[GrainType("accountbudget")]
internal sealed partial class AccountBudgetGrain(IOptions<AbuseOptions> options, TimeProvider time, ILogger<AccountBudgetGrain> logger)
    : Grain, IAccountBudgetGrain
{
    private readonly AbuseOptions options = options.Value;
    private FailureBudget failures;
    private DateTimeOffset? guardedUntil;
    private DateTimeOffset listAgain;
    private Task listing = Task.CompletedTask;

    public Task FailAsync()
    {
        var count = failures.Add(1, Math.Max(1, options.AccountFailures), options.Window, time);
        DelayDeactivation(options.Window);
        if (options.AccountFailures == 0 || count < options.AccountFailures)
            return Task.CompletedTask;
        // Not each failure is worth a commit.
        var now = time.GetUtcNow();
        if (guardedUntil - now > options.Window / 2 || now < listAgain)
            return Task.CompletedTask;
        guardedUntil = now + options.Window;
        listing = ListAsync(guardedUntil.Value);
        return Task.CompletedTask;
    }

    public async Task ForgiveAsync()
    {
        await listing; // else the guard would come behind its end
        failures.Clear();
        guardedUntil = null;
    }

    /// <summary>Nobody waits for it. What fails is tried again by a later failure.</summary>
    private async Task ListAsync(DateTimeOffset until)
    {
        try
        {
            var entry = new TimedEntry(this.GetPrimaryKeyString(), until, TimedReasons.Guarded);
            if (await GrainFactory.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks).AddAsync(entry))
                return;
            LogFull(entry.Subject);
        }
        catch (Exception exception)
        {
            LogNotGuarded(exception, this.GetPrimaryKeyString());
        }

        guardedUntil = null;
        listAgain = time.GetUtcNow() + options.RetryDelay;
    }

    [LoggerMessage(902, LogLevel.Warning, "{Account} is attacked and cannot be guarded now: the list of blocks does not answer")]
    private partial void LogNotGuarded(Exception exception, string account);

    [LoggerMessage(905, LogLevel.Warning, "{Account} is attacked and cannot be guarded now: the list of blocks is full")]
    private partial void LogFull(string account);
}
