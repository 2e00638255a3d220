namespace Orleans.Mail;

/// <summary>How many recipients elsewhere an account has had today (UTC). Key: the account's address in lower case.</summary>
[Alias("mail.ISendingCapGrain")]
public interface ISendingCapGrain : IGrainWithStringKey
{
    /// <summary>Counts recipients. False when the account is over <paramref name="cap"/> with them: its mail is to be held.</summary>
    [Alias("Count"), ResponseTimeout("00:00:03")]
    Task<bool> CountAsync(int recipients, int cap);
}
