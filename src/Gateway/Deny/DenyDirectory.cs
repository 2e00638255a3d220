using System.Net;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Deny;

/// <summary>
/// The gateway's copy of the deny entries, at most <see cref="Cluster.ClusterLink.Period"/> old while the cluster answers:
/// a look-up costs no call. IPOUT is not asked here: it is about the hosts that mail is sent to.
/// </summary>
public sealed class DenyDirectory(IGrainFactory grains)
{
    private readonly DenyCopy<AddressSet> clients = new(DenyKind.IpIn, ToAddresses);
    private readonly DenyCopy<DomainSet> senderDomains = new(DenyKind.DomainIn, ToDomains);
    private readonly DenyCopy<HashSet<string>> senders = new(DenyKind.MailboxIn, ToMailboxes);
    private readonly DenyCopy<DomainSet> recipientDomains = new(DenyKind.DomainOut, ToDomains);
    private readonly DenyCopy<HashSet<string>> recipients = new(DenyKind.MailboxOut, ToMailboxes);

    /// <summary>IPIN: whether a client may not connect.</summary>
    public bool DeniesClient(IPAddress address) => clients.Set.Contains(address);

    /// <summary>DOMAININ and MAILBOXIN: whether mail of a sender is refused. Never of the null sender, whose mail is a report about ours.</summary>
    public bool DeniesSender(SmtpPath sender) => Denies(senderDomains.Set, senders.Set, sender);

    /// <summary>DOMAINOUT and MAILBOXOUT: whether mail that leaves us is refused for a recipient.</summary>
    public bool DeniesRecipient(SmtpPath recipient) => Denies(recipientDomains.Set, recipients.Set, recipient);

    /// <summary>Takes what has changed.</summary>
    public async Task RefreshAsync()
    {
        await clients.RefreshAsync(grains);
        await senderDomains.RefreshAsync(grains);
        await senders.RefreshAsync(grains);
        await recipientDomains.RefreshAsync(grains);
        await recipients.RefreshAsync(grains);
    }

    private static bool Denies(DomainSet domains, HashSet<string> mailboxes, SmtpPath path)
    {
        if ((domains.IsEmpty && mailboxes.Count == 0) || !DomainName.TryParse(path.Domain, out var domain))
            return false;
        if (domains.Contains(domain))
            return true;
        return mailboxes.Count > 0 && MailAddress.TryCreate(path.Local, domain, out var address) && mailboxes.Contains(address.Key);
    }

    private static AddressSet ToAddresses(IReadOnlyCollection<string> entries) => new(entries.Select(ToPrefix));

    private static AddressPrefix ToPrefix(string entry) =>
        AddressPrefix.TryParse(entry, out var prefix) ? prefix : throw new InvalidDataException($"'{entry}' is kept as a deny entry and is no address");

    private static DomainSet ToDomains(IReadOnlyCollection<string> entries) => new(entries);

    private static HashSet<string> ToMailboxes(IReadOnlyCollection<string> entries) => new(entries, StringComparer.Ordinal);
}
