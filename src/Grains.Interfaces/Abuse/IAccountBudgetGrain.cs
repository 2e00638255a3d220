using Orleans.Concurrency;

namespace Orleans.Mail;

/// <summary>The failed logins at one account, from all addresses. Key: the account's address in lower case.</summary>
[Alias("mail.IAccountBudgetGrain")]
public interface IAccountBudgetGrain : IGrainWithStringKey
{
    /// <summary>Counts a failed login; when the budget is spent the account is guarded for a while. Nobody waits for it.</summary>
    [Alias("Fail"), OneWay]
    Task FailAsync();

    /// <summary>Forgets the failures: an operator ended the guard.</summary>
    [Alias("Forgive"), ResponseTimeout("00:00:05")]
    Task ForgiveAsync();
}
