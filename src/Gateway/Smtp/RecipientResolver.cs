using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Decides about RCPT: where mail for an address goes, or why it is not taken.</summary>
internal sealed partial class RecipientResolver(DomainDirectory domains, IGrainFactory grains, SmtpOptions options, ILogger logger)
{
    private const string Postmaster = "postmaster";

    /// <param name="path">The forward-path.</param>
    /// <param name="localAddress">The address of ours that the client reached: mail for its literal is the postmaster's.</param>
    public ValueTask<RecipientResult> ResolveAsync(SmtpPath path, IPAddress? localAddress)
    {
        if (!domains.IsLoaded)
            return Refuse(SmtpReplies.TryAgain);
        var isPostmaster = path.Local.Equals(Postmaster, StringComparison.OrdinalIgnoreCase);
        if (path.Domain.Length == 0)
            return isPostmaster ? FindPostmasterAsync(options.LocalDomain) : Refuse(SmtpReplies.BadRecipient);
        if (path.Literal is { } literal)
        {
            if (!literal.Equals(localAddress))
                return Refuse(SmtpReplies.NoRelay);
            return isPostmaster ? FindPostmasterAsync(options.LocalDomain) : Refuse(SmtpReplies.NoSuchMailbox);
        }

        if (!DomainName.TryParse(path.Domain, out var domain))
            return Refuse(SmtpReplies.BadRecipient);
        if (!domains.Contains(domain))
            return Refuse(SmtpReplies.NoRelay);
        return isPostmaster ? FindPostmasterAsync(domain) : FindMailboxAsync(path.Local, domain);
    }

    private static ValueTask<RecipientResult> Refuse(SmtpReply reply) => ValueTask.FromResult(new RecipientResult(reply, null));

    // The name itself, else what stands before its first plus.
    private async ValueTask<RecipientResult> FindMailboxAsync(string local, string domain)
    {
        if (!MailAddress.TryCreate(local, domain, out var address))
            return new(SmtpReplies.NoSuchMailbox, null);
        var found = await FindAsync(address, address);
        var plus = address.Local.IndexOf('+', StringComparison.Ordinal);
        return found.Reply == SmtpReplies.NoSuchMailbox && options.Detail && plus > 0
            && MailAddress.TryCreate(address.Local[..plus], domain, out var user)
            ? await FindAsync(user, address)
            : found;
    }

    // RFC 5321 4.5.1
    private async ValueTask<RecipientResult> FindPostmasterAsync(string domain)
    {
        var found = new RecipientResult(SmtpReplies.NoSuchMailbox, null);
        if (domains.Contains(domain) && MailAddress.TryCreate(Postmaster, domain, out var named))
            found = await FindAsync(named, named);
        return found.Reply == SmtpReplies.NoSuchMailbox && options.Postmaster is { } postmaster && domains.Contains(postmaster.Domain)
            ? await FindAsync(postmaster, postmaster)
            : found;
    }

    private async ValueTask<RecipientResult> FindAsync(MailAddress address, MailAddress named)
    {
        Resolution resolution;
        try
        {
            resolution = await grains.GetGrain<IAddressGrain>(address.Key).ResolveAsync();
        }
        catch (Exception exception)
        {
            LogUnresolved(exception, address); // the store or the cluster is in trouble, which passes
            return new(SmtpReplies.TryAgain, null);
        }

        return resolution switch
        {
            { Refused: true } => new(SmtpReplies.MailboxOff, null),
            { MailboxId: { } mailbox } => new(SmtpReplies.RecipientAccepted, new Recipient(named.ToString(), mailbox)),
            _ => new(SmtpReplies.NoSuchMailbox, null),
        };
    }

    [LoggerMessage(201, LogLevel.Warning, "{Address} could not be resolved")]
    private partial void LogUnresolved(Exception exception, MailAddress address);
}

/// <param name="Reply">The answer to RCPT.</param>
/// <param name="Recipient">The recipient when it was accepted.</param>
internal readonly record struct RecipientResult(SmtpReply Reply, Recipient? Recipient);
