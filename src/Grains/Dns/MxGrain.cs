using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Orleans.Mail.Grains;

/// <summary>
/// The cache entry of a domain and the health of its hosts, in memory alone: what is lost with an activation is looked up
/// again. While DNS is in trouble, hosts whose time is over serve on for <see cref="StaleAge"/> (RFC 8767).
/// </summary>
[Reentrant, GrainType(IMxGrain.TypeName)]
internal sealed partial class MxGrain(IMailDns dns, TimeProvider time, ILogger<MxGrain> logger) : Grain, IMxGrain
{
    private static readonly TimeSpan StaleAge = TimeSpan.FromHours(1);

    // An activation is kept for its answer at most so long without a caller: many domains are asked for once.
    private static readonly TimeSpan LongestStay = TimeSpan.FromHours(1);

    private MxAnswer? answer;
    private HostHealth health = HostHealth.Well;
    private Task<MxAnswer>? running;
    private DateTimeOffset staleUntil;
    private int flushes;

    public async Task<MxAnswer> ResolveAsync()
    {
        if (answer is { } known && IsFresh(known))
            return WithHealth(known);
        return WithHealth(await (running ??= LookUpAsync()));
    }

    public Task<MxAnswer?> ShowAsync()
    {
        if (answer is null && running is null && health.Failures == 0)
            DeactivateOnIdle(); // whoever only looks leaves nothing behind
        return Task.FromResult(answer is { } known && IsFresh(known) ? WithHealth(known) : null);
    }

    public Task<bool> FlushAsync()
    {
        var any = answer is not null || health.Failures > 0;
        answer = null;
        staleUntil = default;
        running = null; // what is on its way was asked before
        flushes++;
        health = HostHealth.Well;
        DeactivateOnIdle();
        return Task.FromResult(any);
    }

    public Task ReportAsync(bool reached, string status)
    {
        var was = health;
        health = reached ? HostHealth.Well : health.Fail(time.GetUtcNow(), status);
        if (health.IsDead != was.IsDead)
            LogHealth(this.GetPrimaryKeyString(), health.IsDead ? "is not active: none of its hosts could be reached for long" : "is active again");
        Stay();
        return Task.CompletedTask;
    }

    private bool IsFresh(MxAnswer known)
    {
        var now = time.GetUtcNow();
        return now < known.Entered + known.TimeToLive || now < staleUntil;
    }

    private MxAnswer WithHealth(MxAnswer known) => health.Failures == 0
        ? known
        : known with { IsDead = health.IsDead, RestsUntil = health.RestsUntil, LastFailure = health.LastFailure };

    private async Task<MxAnswer> LookUpAsync()
    {
        var before = flushes;
        var domain = this.GetPrimaryKeyString();
        try
        {
            // Off the grain's turn: callers, reports and FLUSH come in while DNS takes its time.
            var found = await Task.Run(() => dns.LookUpAsync(domain, CancellationToken.None));
            if (before != flushes)
                return found;
            if (found.Outcome == MxOutcome.Trouble && answer is { Outcome: MxOutcome.Found } old && time.GetUtcNow() < old.Entered + old.TimeToLive + StaleAge)
            {
                LogStale(domain, found.Cause);
                staleUntil = time.GetUtcNow() + found.TimeToLive;
                return answer = old with { Cause = found.Cause };
            }

            answer = found;
            Stay();
            return found;
        }
        finally
        {
            if (before == flushes)
                running = null;
        }
    }

    private void Stay()
    {
        var now = time.GetUtcNow();
        var answered = answer is { } known ? known.Entered + known.TimeToLive - now : TimeSpan.Zero;
        if (answered > LongestStay)
            answered = LongestStay;
        // A destination that rests is remembered until its next attempt has told how it went.
        var rest = health.RestsUntil is { } end ? end + LongestStay - now : TimeSpan.Zero;
        var stay = answered > rest ? answered : rest;
        if (stay > TimeSpan.Zero)
            DelayDeactivation(stay);
    }
}
