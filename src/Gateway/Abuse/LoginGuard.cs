using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// Decides before a password is looked at whether it is, and counts what became of it. A right login makes no call; a
/// failed one makes one, to the budget of its address, which also tells the account's.
/// </summary>
/// <remarks>
/// An address that has spent its budget is blocked. When logins at one account fail from many addresses, the account is
/// guarded: an address that failed lately gets no further try at it, unless the account has logged in from there; so the
/// right user gets in from a known address always, and from a new one as long as that has not failed itself.
/// </remarks>
public sealed partial class LoginGuard(
    BlockDirectory blocks,
    ClientRates rates,
    Refusals refusals,
    RateOptions options,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<LoginGuard> logger)
{
    // Some 10 MB, 4 MB and 3 MB when they are full.
    private const int KnownLogins = 50_000;
    private const int FailedLogins = 20_000;
    private const int FailedAddresses = 20_000;

    private readonly TwoGenerations<(string Account, AddressPrefix Client), bool> known = new(KnownLogins);
    private readonly TwoGenerations<(string Account, AddressPrefix Client), long> failed = new(FailedLogins);
    private readonly TwoGenerations<AddressPrefix, Failures> failures = new(FailedAddresses);
    private readonly Lock trying = new();

    /// <summary>Entries that are remembered.</summary>
    internal int Count => known.Count + failed.Count + failures.Count;

    /// <summary>Whether nothing of what the client sends is looked at; null = it is.</summary>
    internal LoginVerdict? Refuse(Caller client) => blocks.Blocks(client.Address) ? LoginVerdict.Blocked : null;

    /// <summary>
    /// When the client's proof is there, right before it is looked at: how the login ends without that; null = look at it, and
    /// settle it. Of tries at a guarded account that come at a time from one address, one is looked at.
    /// </summary>
    internal LoginVerdict? Refuse(OpenLogin login)
    {
        var client = login.Attempt.Client;
        if (Refuse(client) is { } blocked)
            return blocked;
        if (login.Address is not { } account || !blocks.Guards(account.Key) || blocks.IsExempt(client.Address))
            return null;
        var key = (account.Key, ClientBudgets.PrefixOf(client.Address));
        if (known.TryGet(key, out _))
            return null;
        lock (trying)
        {
            if (failed.TryGet(key, out var at) && time.GetElapsedTime(at) < options.Window)
                return LoginVerdict.Guarded;
            failed.Set(key, time.GetTimestamp()); // until it is settled
            return null;
        }
    }

    /// <summary>After the check, or without one: tells a refusal, counts a failure, and remembers from where an account logged in.</summary>
    /// <returns>How the login ends, and how many failures of the address are remembered: the answer to a failure is as late as these demand.</returns>
    internal async ValueTask<(LoginVerdict Verdict, int Failures)> SettleAsync(OpenLogin login, LoginVerdict verdict)
    {
        var (name, client) = (login.Attempt.Name, login.Attempt.Client);
        if (verdict == LoginVerdict.Right)
        {
            known.Set(KeyOf(login), true);
            if (blocks.IsExempt(client.Address) || rates.MayLogIn(login.Address!))
                return (verdict, 0);
            verdict = LoginVerdict.TooOften;
        }

        if (ReasonOf(verdict) is { } reason)
            refusals.Tell(reason, client, name, ReplyTo(client.Port, isTemporary: verdict == LoginVerdict.TooOften));
        switch (verdict)
        {
            case LoginVerdict.Blocked:
                return (verdict, int.MaxValue);
            case LoginVerdict.Guarded:
                return (verdict, CountGuarded(client.Address));
            case LoginVerdict.NoUser or LoginVerdict.WrongPassword or LoginVerdict.Unbound:
                if (login.Address is not null)
                    failed.Set(KeyOf(login), time.GetTimestamp());
                return (verdict, await FailAsync(login.Address, client.Address));
            default:
                // Who knows the password has guessed nothing, nor who was not heard. A refusal is as late as any other all the same.
                if (login.Address is not null)
                    failed.Remove(KeyOf(login));
                return (verdict, verdict is LoginVerdict.Off or LoginVerdict.WeakPassword ? FailuresAt(client.Address) + 1 : 0);
        }
    }

    private static (string Account, AddressPrefix Client) KeyOf(OpenLogin login) =>
        (login.Address!.Key, ClientBudgets.PrefixOf(login.Attempt.Client.Address));

    // Null: it is no refusal, or was logged where its cause was known.
    private static RefusalReason? ReasonOf(LoginVerdict verdict) => verdict switch
    {
        LoginVerdict.NoUser => RefusalReason.NoSuchUser,
        LoginVerdict.WrongPassword => RefusalReason.WrongPassword,
        LoginVerdict.Unbound => RefusalReason.Unbound,
        LoginVerdict.Off => RefusalReason.AccountOff,
        LoginVerdict.WeakPassword => RefusalReason.WeakPassword,
        LoginVerdict.Blocked => RefusalReason.Blocked,
        LoginVerdict.Guarded => RefusalReason.Guarded,
        LoginVerdict.TooOften => RefusalReason.LoginRate,
        _ => null,
    };

    // As much of the reply as all its texts have in common.
    private static string ReplyTo(MailPort port, bool isTemporary) => port is MailPort.Pop3 or MailPort.Pop3s
        ? isTemporary ? "-ERR [SYS/TEMP]" : "-ERR [AUTH]"
        : isTemporary ? "454 4.7.0" : "535 5.7.8";

    private async ValueTask<int> FailAsync(MailAddress? account, IPAddress client)
    {
        if (blocks.IsExempt(client))
            return 0;
        var prefix = ClientBudgets.PrefixOf(client);
        var subject = prefix.ToString();
        var last = FailuresOf(prefix);
        var count = last.Counted + 1;
        try
        {
            var verdict = await grains.BudgetOf(subject).FailAsync(account?.Key);
            count = verdict.Failures;
            if (verdict.BlockedUntil is { } until)
                blocks.Learn(subject, until);
        }
        catch (Exception exception)
        {
            LogNotCounted(exception, subject);
        }

        failures.Set(prefix, new Failures(count, last.Guarded, time.GetTimestamp()));
        return count + last.Guarded;
    }

    // Only accounts that exist are guarded. So the answer is as late as to any failure: else its delay would tell that there is one.
    private int CountGuarded(IPAddress client)
    {
        var prefix = ClientBudgets.PrefixOf(client);
        var last = FailuresOf(prefix);
        failures.Set(prefix, new Failures(last.Counted, last.Guarded + 1, time.GetTimestamp()));
        return last.Counted + last.Guarded + 1;
    }

    private int FailuresAt(IPAddress client)
    {
        var last = FailuresOf(ClientBudgets.PrefixOf(client));
        return last.Counted + last.Guarded;
    }

    private Failures FailuresOf(AddressPrefix prefix) =>
        failures.TryGet(prefix, out var last) && time.GetElapsedTime(last.At) < options.Window ? last : default;

    [LoggerMessage(912, LogLevel.Warning, "a failed login of {Address} was not counted: the cluster does not answer")]
    private partial void LogNotCounted(Exception exception, string address);

    /// <param name="Counted">Those that the cluster remembers.</param>
    /// <param name="Guarded">Tries at guarded accounts, which cost no budget.</param>
    /// <param name="At">When the last one was.</param>
    private readonly record struct Failures(int Counted, int Guarded, long At);
}
