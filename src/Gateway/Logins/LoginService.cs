using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// Checks logins, for every protocol and mechanism: each is opened, decided and closed here. A wrong password takes one
/// PBKDF2 whoever is meant, and a refusal comes at a fixed time, so neither its text nor its time tells whether the user
/// exists. The challenge of SCRAM comes as soon as it is known (docs/threats.md).
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
    private readonly UnknownUsers unknown = new(grains, domains, options);

    /// <summary>Logs in with a password, or answers late that it failed.</summary>
    public async ValueTask<LoginResult> LoginAsync(LoginAttempt attempt, string password)
    {
        var login = await OpenAsync(attempt);
        return await CloseAsync(login, login.Verdict ?? await DecideAsync(login, password));
    }

    /// <summary>An attempt begins: finds out whom the name means. Every attempt comes through here once, before anything is computed.</summary>
    internal async ValueTask<OpenLogin> OpenAsync(LoginAttempt attempt)
    {
        var login = new OpenLogin(attempt, time.GetTimestamp(), null, null, null);
        if (!domains.IsLoaded)
        {
            LogDomainsUnknown(attempt.Client.Address, attempt.Name);
            return login with { Verdict = LoginVerdict.Unavailable };
        }

        if (guard.Refuse(attempt.Client) is { } verdict)
            return login with { Verdict = verdict };
        try
        {
            foreach (var address in LoginNames.Candidates(attempt.Name, domains, options.LocalDomain))
            {
                if (await grains.GetGrain<IAccountGrain>(address.Key).GetLoginAsync() is { } account)
                    return login with { Address = address, Account = account };
            }

            return login;
        }
        catch (Exception exception)
        {
            LogUnavailable(exception, attempt.Client.Address, attempt.Name);
            return login with { Verdict = LoginVerdict.Unavailable };
        }
    }

    /// <summary>What SCRAM needs to go on: the user's keys, or some that look alike. Null when the cluster does not answer.</summary>
    internal async ValueTask<ScramSecret?> KeysOfAsync(OpenLogin login)
    {
        try
        {
            var verifier = login.Account?.Verifier ?? await unknown.VerifierOfAsync(login.Attempt.Name);
            return new ScramSecret(verifier.Salt, verifier.Iterations, verifier.StoredKey, verifier.ServerKey);
        }
        catch (Exception exception)
        {
            LogUnavailable(exception, login.Attempt.Client.Address, login.Attempt.Name);
            return null;
        }
    }

    /// <summary>Whether a login that was right would be now: the account may be off, gone or somebody else's by now, or have another password.</summary>
    internal async ValueTask<LoginStatus> LookAgainAsync(MailAddress address, AccountLogin account)
    {
        try
        {
            var now = await grains.GetGrain<IAccountGrain>(address.Key).GetLoginAsync();
            return now is { Enabled: true } && now.MailboxId == account.MailboxId && HasSamePassword(now.Verifier, account.Verifier)
                ? LoginStatus.Accepted
                : LoginStatus.Refused;
        }
        catch (Exception exception)
        {
            LogNotLookedAt(exception, address);
            return LoginStatus.Unavailable;
        }
    }

    /// <summary>SCRAM has come out: closes the attempt.</summary>
    internal ValueTask<LoginResult> CloseAsync(OpenLogin login, ScramOutcome outcome)
    {
        var verdict = guard.Refuse(login) ?? outcome switch
        {
            ScramOutcome.Unbound => LoginVerdict.Unbound,
            ScramOutcome.Proved when login.Account is not null => LoginVerdict.Right,
            _ => login.Account is null ? LoginVerdict.NoUser : LoginVerdict.WrongPassword,
        };
        return CloseAsync(login with { Started = time.GetTimestamp() }, verdict); // the client took its time before
    }

    /// <summary>An attempt ends: counts and logs it, and lets a refused one wait. Every attempt that was decided comes through here once.</summary>
    internal async ValueTask<LoginResult> CloseAsync(OpenLogin login, LoginVerdict verdict)
    {
        if (verdict == LoginVerdict.Right)
            verdict = Judge(login.Attempt, login.Account!);
        (verdict, var failures) = await guard.SettleAsync(login, verdict);
        var result = verdict switch
        {
            LoginVerdict.Right => new LoginResult(LoginStatus.Accepted, login.Address, login.Account),
            LoginVerdict.Unavailable or LoginVerdict.TooOften => LoginResult.Unavailable,
            _ => LoginResult.Refused,
        };
        if (verdict == LoginVerdict.Right)
            LogAccepted(login.Attempt.Client.Address, login.Attempt.Name, login.Attempt.Mechanism is { } mechanism ? SaslMechanisms.NameOf(mechanism) : "PASS");
        metrics.CountAttempt(result.Status, login.Attempt.Mechanism);
        if (result.Status != LoginStatus.Accepted)
        {
            var wait = Delay(Math.Max(login.Attempt.FailuresBefore, failures - 1)) - time.GetElapsedTime(login.Started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time);
        }

        return result;
    }

    // Who knows the password may still not log in.
    private static LoginVerdict Judge(LoginAttempt attempt, AccountLogin account) =>
        !account.Enabled ? LoginVerdict.Off
        : attempt.ForSending && account.WeakPassword ? LoginVerdict.WeakPassword
        : LoginVerdict.Right;

    private async ValueTask<LoginVerdict> DecideAsync(OpenLogin login, string password)
    {
        try
        {
            if (guard.Refuse(login) is { } verdict)
                return verdict;
            var matches = login is { Address: { } address, Account: { } account }
                ? await MatchesAsync(login.Attempt, address, account, password)
                : await keys.MatchAsync(nobody, password, MayBeHeard(login.Attempt));
            return matches switch
            {
                null => LoginVerdict.Blocked,
                true => LoginVerdict.Right,
                _ => login.Account is null ? LoginVerdict.NoUser : LoginVerdict.WrongPassword,
            };
        }
        catch (Exception exception)
        {
            LogUnavailable(exception, login.Attempt.Client.Address, login.Attempt.Name);
            return LoginVerdict.Unavailable;
        }
    }

    // Many passwords that came at a time are not all checked when the first of them get their address blocked.
    private Func<bool> MayBeHeard(LoginAttempt attempt) => () => guard.Refuse(attempt.Client) is null;

    /// <summary>Null: the client was blocked while it waited.</summary>
    private async ValueTask<bool?> MatchesAsync(LoginAttempt attempt, MailAddress address, AccountLogin account, string password)
    {
        if (verified.Contains(address, account, password))
        {
            metrics.CountCached();
            return true;
        }

        if (await keys.MatchAsync(account.Verifier, password, MayBeHeard(attempt)) is not true and var matches)
            return matches;
        var version = account.Verifier.Iterations < options.ScramIterations ? await RenewAsync(address, account, password) : null;
        verified.Add(address, version is null ? account : account with { Version = version }, password);
        return true;
    }

    /// <summary>
    /// Makes the verifier anew, with as many rounds as the parameters ask for now: only here is the password at hand. The
    /// account's new version, or null when it has none: the login is as good as before.
    /// </summary>
    private async ValueTask<string?> RenewAsync(MailAddress address, AccountLogin account, string password)
    {
        try
        {
            var verifier = await keys.CreateAsync(password);
            return await grains.GetGrain<IAccountGrain>(address.Key).RenewVerifierAsync(verifier, account.Version);
        }
        catch (Exception exception)
        {
            LogNotRenewed(exception, address);
            return null;
        }
    }

    // A verifier that a login made anew (RenewAsync) has more rounds.
    private static bool HasSamePassword(ScramVerifier one, ScramVerifier other) =>
        one.Iterations != other.Iterations || one.Salt.AsSpan().SequenceEqual(other.Salt);

    private TimeSpan Delay(int failuresBefore)
    {
        var delay = options.FailureDelay * Math.Pow(2, Math.Min(failuresBefore, 16));
        return delay < options.MaxFailureDelay ? delay : options.MaxFailureDelay;
    }
}
