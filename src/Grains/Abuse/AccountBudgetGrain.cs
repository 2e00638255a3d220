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

    public async Task FailAsync()
    {
        var count = failures.Add(Math.Max(1, options.AccountFailures), options.Window, time);
        DelayDeactivation(options.Window);
        if (options.AccountFailures == 0 || count < options.AccountFailures)
            return;
        // Not each failure is worth a commit.
        var now = time.GetUtcNow();
        if (guardedUntil - now > options.Window / 2)
            return;
        guardedUntil = now + options.Window;
        try
        {
            var entry = new TimedEntry(this.GetPrimaryKeyString(), guardedUntil.Value, TimedReasons.Guarded);
            await GrainFactory.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks).AddAsync(entry);
        }
        catch (Exception exception)
        {
            guardedUntil = null; // the next failure tries again
            LogNotGuarded(exception, this.GetPrimaryKeyString());
        }
    }

    public Task ForgiveAsync()
    {
        failures.Clear();
        guardedUntil = null;
        return Task.CompletedTask;
    }

    [LoggerMessage(902, LogLevel.Warning, "{Account} is attacked and cannot be guarded now: the list of blocks does not answer")]
    private partial void LogNotGuarded(Exception exception, string account);
}
