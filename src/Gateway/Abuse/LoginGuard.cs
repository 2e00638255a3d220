using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
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
    DomainDirectory domains,
    LoginOptions logins,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<LoginGuard> logger)
{
    // Some 10 MB and 3 MB when they are full.
    private const int KnownLogins = 50_000;
    private const int FailedAddresses = 20_000;

    private readonly TwoGenerations<(string Account, AddressPrefix Client), bool> known = new(KnownLogins);
    private readonly TwoGenerations<AddressPrefix, Failed> failed = new(FailedAddresses);

    /// <summary>Entries that are remembered.</summary>
    internal int Count => known.Count + failed.Count;

    /// <summary>Before the check: how the login ends without one; null = check it.</summary>
    internal LoginVerdict? Refuse(LoginAttempt attempt)
    {
        var client = attempt.Client.Address;
        if (blocks.IsEmpty || blocks.IsExempt(client))
            return null;
        if (blocks.Blocks(client))
            return LoginVerdict.Blocked;
        var prefix = ClientBudgets.PrefixOf(client);
        if (!HasFailed(prefix) || LoginNames.Candidates(attempt.Name, domains, logins.LocalDomain).FirstOrDefault() is not { } account)
            return null;
        return blocks.Guards(account.Key) && !known.TryGet((account.Key, prefix), out _) ? LoginVerdict.Guarded : null;
    }

    /// <summary>After the check, or without one: tells a refusal, counts a failure, and remembers from where an account logged in.</summary>
    /// <returns>How the login ends, and how many failures of the address are remembered: the answer to a failure is as late as these demand.</returns>
    internal async ValueTask<(LoginVerdict Verdict, int Failures)> SettleAsync(OpenLogin login, LoginVerdict verdict)
    {
        var (name, client) = (login.Attempt.Name, login.Attempt.Client);
        if (verdict == LoginVerdict.Right)
        {
            known.Set((login.Address!.Key, ClientBudgets.PrefixOf(client.Address)), true);
            if (blocks.IsExempt(client.Address) || rates.MayLogIn(login.Address))
                return (verdict, 0);
            verdict = LoginVerdict.TooOften;
        }

        if (ReasonOf(verdict) is { } reason)
            refusals.Tell(reason, client, name, ReplyTo(client.Port, isTemporary: verdict == LoginVerdict.TooOften));
        return verdict switch
        {
            LoginVerdict.Blocked or LoginVerdict.Guarded => (verdict, int.MaxValue),
            // Who knows the password has guessed nothing.
            LoginVerdict.NoUser or LoginVerdict.WrongPassword or LoginVerdict.Unbound => (verdict, await FailAsync(login.Address, client.Address)),
            _ => (verdict, 0),
        };
    }

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
        var count = failed.TryGet(prefix, out var last) ? last.Count + 1 : 1;
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

        failed.Set(prefix, new Failed(count, time.GetTimestamp()));
        return count;
    }

    private bool HasFailed(AddressPrefix prefix) =>
        failed.TryGet(prefix, out var last) && time.GetElapsedTime(last.At) < options.Window;

    [LoggerMessage(912, LogLevel.Warning, "a failed login of {Address} was not counted: the cluster does not answer")]
    private partial void LogNotCounted(Exception exception, string address);

    private readonly record struct Failed(int Count, long At);
}
