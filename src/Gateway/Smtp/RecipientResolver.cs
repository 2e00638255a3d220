using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Decides about RCPT: whose the address is, and, when it is ours, what the router says.</summary>
internal sealed partial class RecipientResolver(DomainDirectory domains, IGrainFactory grains, SmtpOptions options, ILogger logger)
{
    private const string Postmaster = "postmaster";

    private readonly ISubmissionGrain router = grains.GetGrain<ISubmissionGrain>(0);

    /// <param name="path">The forward-path.</param>
    /// <param name="transaction">The mail that it is for.</param>
    /// <param name="localAddress">The address of ours that the client reached: mail for its literal is the postmaster's.</param>
    public ValueTask<RecipientResult> ResolveAsync(SmtpPath path, SmtpTransaction transaction, IPAddress? localAddress)
    {
        if (!domains.IsLoaded)
            return Refuse(SmtpReplies.TryAgain);
        var isPostmaster = path.Local.Equals(Postmaster, StringComparison.OrdinalIgnoreCase);
        if (path.Domain.Length == 0)
            return isPostmaster ? RouteAsync(PostmasterOf(options.LocalDomain), transaction) : Refuse(SmtpReplies.BadRecipient);
        if (path.Literal is { } literal)
        {
            if (!literal.Equals(localAddress))
                return Refuse(SmtpReplies.NoRelay);
            return isPostmaster ? RouteAsync(PostmasterOf(options.LocalDomain), transaction) : Refuse(SmtpReplies.NoSuchMailbox);
        }

        if (!DomainName.TryParse(path.Domain, out var domain))
            return Refuse(SmtpReplies.BadRecipient);
        if (!domains.Contains(domain))
            return Refuse(SmtpReplies.NoRelay);
        return MailAddress.TryCreate(path.Local, domain, out var address)
            ? RouteAsync(address.ToString(), transaction)
            : Refuse(SmtpReplies.NoSuchMailbox);
    }

    private static ValueTask<RecipientResult> Refuse(SmtpReply reply) => ValueTask.FromResult(new RecipientResult(reply, null));

    private string PostmasterOf(string domain) => domains.Contains(domain) ? $"{Postmaster}@{domain}" : Postmaster;

    private async ValueTask<RecipientResult> RouteAsync(string recipient, SmtpTransaction transaction)
    {
        try
        {
            var request = new RouteRequest(recipient, transaction.Sender.Text, transaction.AnnouncedSize, transaction.MayRelay);
            var route = await router.RouteAsync(request);
            return new(ReplyTo(route.Verdict), route.Recipient);
        }
        catch (Exception exception)
        {
            LogUnresolved(exception, recipient); // the store or the cluster is in trouble, which passes
            return new(SmtpReplies.TryAgain, null);
        }
    }

    private static SmtpReply ReplyTo(RouteVerdict verdict) => verdict switch
    {
        RouteVerdict.Accepted => SmtpReplies.RecipientAccepted,
        RouteVerdict.NoSuchMailbox => SmtpReplies.NoSuchMailbox,
        RouteVerdict.Off => SmtpReplies.MailboxOff,
        RouteVerdict.Loop => SmtpReplies.RoutingLoop,
        RouteVerdict.Full => SmtpReplies.MailboxFull,
        RouteVerdict.TooLarge => SmtpReplies.TooLargeForMailbox,
        RouteVerdict.NotAllowed => SmtpReplies.NotAllowed,
        _ => throw new InvalidOperationException($"unknown verdict {verdict}"),
    };

    [LoggerMessage(201, LogLevel.Warning, "{Address} could not be resolved")]
    private partial void LogUnresolved(Exception exception, string address);
}

/// <param name="Reply">The answer to RCPT.</param>
/// <param name="Recipient">The recipient when it was accepted.</param>
internal readonly record struct RecipientResult(SmtpReply Reply, Recipient? Recipient);
