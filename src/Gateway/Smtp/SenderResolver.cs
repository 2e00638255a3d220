using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Says how large a message a sender of ours may send: the smaller of the user's and the domain's MAXOUTMAILSIZE.</summary>
internal sealed partial class SenderResolver(DomainDirectory domains, IGrainFactory grains, ILogger logger)
{
    private const long Kilobyte = 1024;

    /// <summary>Octets, 0 = no limit; null when the store or the cluster is in trouble.</summary>
    /// <param name="user">Who has authenticated: then the user's limit holds, whatever the sender; null = nobody.</param>
    /// <param name="sender">The reverse-path.</param>
    public ValueTask<long?> MaxSizeAsync(MailAddress? user, SmtpPath sender)
    {
        if (!DomainName.TryParse(user?.Domain ?? sender.Domain, out var name) || domains.Find(name) is not { } domain)
            return ValueTask.FromResult<long?>(0);
        return MaxSizeAsync(user?.Local ?? sender.Local, name, domain.MaxOutKb * Kilobyte);
    }

    private async ValueTask<long?> MaxSizeAsync(string local, string name, long ofDomain)
    {
        if (!MailAddress.TryCreate(local, name, out var address))
            return ofDomain;
        try
        {
            var user = await grains.GetGrain<IAddressGrain>(address.Key).ResolveAsync();
            return user.MaxOut == 0 ? ofDomain : ofDomain == 0 ? user.MaxOut : Math.Min(user.MaxOut, ofDomain);
        }
        catch (Exception exception)
        {
            LogUnresolved(exception, address);
            return null;
        }
    }

    [LoggerMessage(202, LogLevel.Warning, "the sender {Address} could not be resolved")]
    private partial void LogUnresolved(Exception exception, MailAddress address);
}
