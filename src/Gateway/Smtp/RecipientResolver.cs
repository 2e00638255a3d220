using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Decides about RCPT: whose the address is; when it is ours, what the router says; else whether the client may relay.</summary>
internal sealed partial class RecipientResolver(DomainDirectory domains, DenyDirectory denied, Routers routers, SmtpOptions options, ILogger logger)
{
    private const string Postmaster = "postmaster";

    /// <param name="path">The forward-path.</param>
    /// <param name="transaction">The mail that it is for.</param>
    /// <param name="localAddress">The address of ours that the client reached: mail for its literal is the postmaster's.</param>
    /// <param name="relay">Whether the client may relay; asked only where it decides.</param>
    public ValueTask<RecipientResult> ResolveAsync(SmtpPath path, SmtpTransaction transaction, IPAddress? localAddress, RelayRight relay)
    {
        if (!domains.IsLoaded)
            return Refuse(SmtpReplies.TryAgain);
        var isPostmaster = path.Local.Equals(Postmaster, StringComparison.OrdinalIgnoreCase);
        if (path.Domain.Length == 0)
            return isPostmaster ? RouteAsync(PostmasterOf(options.LocalDomain), transaction, relay) : Refuse(SmtpReplies.BadRecipient);
        if (path.Literal is { } literal)
        {
            if (!literal.Equals(localAddress))
                return Refuse(SmtpReplies.NoRelay);
            return isPostmaster ? RouteAsync(PostmasterOf(options.LocalDomain), transaction, relay) : Refuse(SmtpReplies.NoSuchMailbox);
        }

        if (!DomainName.TryParse(path.Domain, out var domain))
            return Refuse(SmtpReplies.BadRecipient);
        var isAddress = MailAddress.TryCreate(path.Local, domain, out var address);
        if (!domains.Contains(domain))
            return isAddress ? RelayAsync(path, address, transaction, relay) : Refuse(SmtpReplies.BadRecipient);
        return isAddress ? RouteAsync(address.ToString(), transaction, relay) : Refuse(SmtpReplies.NoSuchMailbox);
    }

    private static ValueTask<RecipientResult> Refuse(SmtpReply reply) => ValueTask.FromResult(new RecipientResult(reply, null));

    private bool IsOurs(SmtpPath sender) => DomainName.TryParse(sender.Domain, out var domain) && domains.Contains(domain);

    private string PostmasterOf(string domain) => domains.Contains(domain) ? $"{Postmaster}@{domain}" : Postmaster;

    private async ValueTask<RecipientResult> RelayAsync(SmtpPath path, MailAddress address, SmtpTransaction transaction, RelayRight relay)
    {
        try
        {
            if (!await relay.IsHeldAsync())
                return new(SmtpReplies.NoRelay, null);
        }
        catch (Exception exception)
        {
            LogUnresolved(exception, path.Text); // whether it may is not known now
            return new(SmtpReplies.TryAgain, null);
        }

        transaction.IsRelayed = true;
        if (denied.DeniesRecipient(path))
            return new(SmtpReplies.RecipientDenied, null);
        var target = new Target { Kind = TargetKind.Remote, Address = address.ToString() };
        return new(SmtpReplies.RecipientAccepted, new Recipient(path.Text, new[] { target }));
    }

    private async ValueTask<RecipientResult> RouteAsync(string recipient, SmtpTransaction transaction, RelayRight relay)
    {
        try
        {
            // Who sends from elsewhere gains nothing by it, so nobody is asked.
            var believed = IsOurs(transaction.Sender) && await relay.IsHeldAsync();
            var request = new RouteRequest(recipient, transaction.Sender.Text, transaction.AnnouncedSize, believed);
            var route = await routers.Next().RouteAsync(request);
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
