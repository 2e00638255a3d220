using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>
/// How many errors a session may make: past the soft limit each costs a second more, at the hard limit the session ends.
/// An accepted message clears the account.
/// </summary>
internal struct ErrorBudget(int soft, int hard)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private int errors;

    /// <summary>The session has made as many errors as it may.</summary>
    public readonly bool IsSpent => errors >= hard;

    /// <summary>How long the reply to the last error waits.</summary>
    public readonly TimeSpan Delay =>
        errors <= soft ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(errors - soft, LongestDelay.TotalSeconds));

    public void Count(SmtpReply reply)
    {
        if (reply.IsError)
            errors++;
    }

    public void Clear() => errors = 0;
}
