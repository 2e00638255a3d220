namespace Orleans.Mail.Grains.Tests;

internal static class Sessions
{
    /// <summary>Opens a mailbox for a new session.</summary>
    public static Task<OpenResult> OpenAsync(this IMailboxGrain mailbox, TimeSpan takeOverAfter) =>
        mailbox.OpenAsync(MessageId.New(TimeProvider.System), takeOverAfter);
}
