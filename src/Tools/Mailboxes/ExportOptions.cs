namespace Orleans.Mail.Tools.Mailboxes;

/// <summary>The form of exported mailboxes.</summary>
internal enum MailboxFormat
{
    Maildir,
    Mbox,
}

/// <param name="Format">A file for each message, or one for all.</param>
/// <param name="LineFeeds">LF line ends, as Unix programs write mail files. False: the octets as they are.</param>
/// <param name="Replace">Whether an mbox file that is there is written anew.</param>
internal sealed record ExportOptions(MailboxFormat Format, bool LineFeeds, bool Replace)
{
    public const string MboxEnding = ".mbox";
}
