using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// Checks names and passwords, for every protocol that takes logins. A refused login takes one PBKDF2 and is answered at
/// a fixed time after it came, so neither the text nor the time tells whether the user exists.
/// </summary>
public sealed partial class LoginService(
    IGrainFactory grains,
    DomainDirectory domains,
    ScramKeys keys,
    LoginOptions options,
    LoginMetrics metrics,
    LoginGuard guard,
    TimeProvider time,
    ILogger<LoginService> logger)
{
    private readonly VerifiedLogins verified = new(options.CacheSize);
    private readonly ScramVerifier nobody = keys.CreateUnmatchable();

    /// <summary>Logs in, or answers late that it failed.</summary>
    /// <param name="name">As the client gave it (<see cref="LoginNames"/>).</param>
    /// <param name="password">The password.</param>
    /// <param name="failuresBefore">Failed logins of this connection: each doubles the delay of the next.</param>
    /// <param name="client">The client: its failures cost it its budget.</param>
    public async ValueTask<LoginResult> LoginAsync(string name, string password, int failuresBefore, Caller client)
    {
        var started = time.GetTimestamp();
        var checkedResult = guard.Refuse(name, client) ?? await CheckAsync(name, password, client.Address);
        var (result, failures) = await guard.SettleAsync(checkedResult, name, client);
        metrics.CountAttempt(result.Status);
        if (result.Status != LoginStatus.Accepted)
        {
            var wait = Delay(Math.Max(failuresBefore, failures - 1)) - time.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time);
        }

        return result;
    }

    private async ValueTask<LoginResult> CheckAsync(string name, string password, IPAddress client)
    {
        if (!domains.IsLoaded)
        {
            LogDomainsUnknown(client, name);
            return LoginResult.Unavailable;
        }

        try
        {
            var (address, account) = await FindAsync(name);
            if (address is null || account is null)
            {
                await keys.MatchAsync(nobody, password);
                return LoginResult.Refuse(RefusalReason.NoSuchUser);
            }

            if (!await MatchesAsync(address, account, password))
            {
                return LoginResult.Refuse(RefusalReason.WrongPassword, address);
            }

            if (account.Enabled)
                return new(LoginStatus.Accepted, address, account);
            return LoginResult.Refuse(RefusalReason.AccountOff, address);
        }
        catch (Exception exception)
        {
            LogUnavailable(exception, client, name);
            return LoginResult.Unavailable;
        }
    }

    private async ValueTask<(MailAddress? Address, AccountLogin? Account)> FindAsync(string name)
    {
        foreach (var address in LoginNames.Candidates(name, domains, options.LocalDomain))
        {
            if (await grains.GetGrain<IAccountGrain>(address.Key).GetLoginAsync() is { } account)
                return (address, account);
        }

        return (null, null);
    }

    private async ValueTask<bool> MatchesAsync(MailAddress address, AccountLogin account, string password)
    {
        if (verified.Contains(address, account, password))
        {
            metrics.CountCached();
            return true;
        }

        if (!await keys.MatchAsync(account.Verifier, password))
            return false;
        verified.Add(address, account, password);
        return true;
    }

    private TimeSpan Delay(int failuresBefore)
    {
        var delay = options.FailureDelay * Math.Pow(2, Math.Min(failuresBefore, 16));
        return delay < options.MaxFailureDelay ? delay : options.MaxFailureDelay;
    }
}
