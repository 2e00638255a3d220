using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>
/// Says which senders a user may give: the user's address, with a detail too, the aliases that lead to it, and the null
/// sender, from which clients send receipts (RFC 8098 section 3). What leads to the user by FORWARD, a list or a default
/// mailbox is somebody else's.
/// </summary>
internal sealed partial class OwnSenders(DomainDirectory domains, IGrainFactory grains, SmtpOptions options, ILogger logger)
{
    /// <summary>Aliases that lead to aliases are followed as far as mail is.</summary>
    private const int MaxHops = 10;

    /// <summary>Null when <paramref name="user"/> may give <paramref name="sender"/>, else the reply that refuses it. The user's own address makes no call.</summary>
    public ValueTask<SmtpReply?> RefuseAsync(MailAddress user, SmtpPath sender)
    {
        if (!options.SenderMustBeOwn || sender.IsNull)
            return new((SmtpReply?)null);
        if (!DomainName.TryParse(sender.Domain, out var domain) || !MailAddress.TryCreate(sender.Local, domain, out var address))
            return new(SmtpReplies.SenderNotOwn);
        return address.Key == user.Key ? new((SmtpReply?)null) : AskAsync(user, address);
    }

    private async ValueTask<SmtpReply?> AskAsync(MailAddress user, MailAddress sender)
    {
        try
        {
            for (var hops = 0; hops <= MaxHops; hops++)
            {
                if (sender.Key == user.Key)
                    return null;
                if (!domains.Contains(sender.Domain) || await FindTargetAsync(sender) is not { } target)
                    return SmtpReplies.SenderNotOwn;
                sender = target;
            }

            return SmtpReplies.SenderNotOwn;
        }
        catch (Exception exception)
        {
            LogUnresolved(exception, sender);
            return SmtpReplies.TryAgain;
        }
    }

    // Where an alias leads; without its detail where there is nothing of the whole name.
    private async ValueTask<MailAddress?> FindTargetAsync(MailAddress address)
    {
        var name = await grains.GetGrain<IAddressGrain>(address.Key).ResolveAsync();
        if (name.Kind == NameKind.Alias)
            return MailAddress.TryParse(name.Forward, out var target) ? target : null;
        var plus = address.Local.IndexOf('+', StringComparison.Ordinal);
        return name.Kind == NameKind.None && plus > 0 && options.Detail && MailAddress.TryCreate(address.Local[..plus], address.Domain, out var whole)
            ? whole
            : null;
    }

    [LoggerMessage(385, LogLevel.Warning, "whose the sender {Address} is could not be found out")]
    private partial void LogUnresolved(Exception exception, MailAddress address);
}
