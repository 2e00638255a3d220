using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Tests.Pop3;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>
/// The accounts of the test's world, all with the password <c>secret</c>: mick@acme.test, ann@acme.test, off@acme.test
/// (STATE=off), weak@acme.test (a password that everybody can guess).
/// </summary>
internal sealed class FakeAccounts
{
    public const string Password = "secret";

    private static readonly ScramVerifier Secret = Scram.Derive(Password, [1, 2, 3, 4], LoginOptions.MinScramIterations);

    private readonly Dictionary<string, FakeAccount> accounts = new()
    {
        ["mick@acme.test"] = new(new AccountLogin("box-mick", Secret, "1", true, false)),
        ["ann@acme.test"] = new(new AccountLogin("box-ann", Secret, "1", true, false)),
        ["off@acme.test"] = new(new AccountLogin("box-off", Secret, "1", false, false)),
        ["weak@acme.test"] = new(new AccountLogin("box-weak", Secret, "1", true, true)),
    };

    public Exception? Fault { get; set; }

    public IAccountGrain Find(string key)
    {
        var account = accounts.GetValueOrDefault(key) ?? new FakeAccount(null);
        account.Fault = Fault;
        return account;
    }
}
