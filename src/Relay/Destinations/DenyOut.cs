using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Relay;

/// <summary>What DENY forbids to send, as it was at one time.</summary>
/// <param name="Addresses">IPOUT.</param>
/// <param name="Domains">DOMAINOUT.</param>
/// <param name="Mailboxes">MAILBOXOUT, by their keys.</param>
internal sealed record DenyRules(AddressSet Addresses, DomainSet Domains, HashSet<string> Mailboxes)
{
    public bool DeniesDomain(string domain) => Domains.Contains(domain);

    /// <summary>Whether mail to a recipient is not sent.</summary>
    public bool DeniesRecipient(string recipient)
    {
        if (Domains.IsEmpty && Mailboxes.Count == 0)
            return false;
        return MailAddress.TryParse(recipient, out var address) && (Domains.Contains(address.Domain) || Mailboxes.Contains(address.Key));
    }
}

/// <summary>The process's copy of the deny entries about sending, brought up to date by whoever finds it too old: no mail leaves by an older one.</summary>
internal sealed partial class DenyOut(IGrainFactory grains, TimeProvider time, ILogger<DenyOut> logger)
{
    /// <summary>How old the copy may be while the cluster answers: a change holds within 5 s.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly DenyCopy<AddressSet> addresses = new(DenyKind.IpOut, static entries => new AddressSet(entries.Select(ToPrefix)));
    private readonly DenyCopy<DomainSet> domains = new(DenyKind.DomainOut, static entries => new DomainSet(entries));
    private readonly DenyCopy<HashSet<string>> mailboxes = new(DenyKind.MailboxOut, static entries => new HashSet<string>(entries, StringComparer.Ordinal));
    private Task<DenyRules?>? running;
    private DenyRules? current;
    private long refreshed;

    /// <summary>The rules; the last ones known while the cluster does not answer, and null when there are none yet.</summary>
    public ValueTask<DenyRules?> ReadAsync()
    {
        lock (gate)
        {
            if (current is not null && time.GetElapsedTime(refreshed) < Age)
                return new(current);
            // The work is shared: it must not run in, nor end with, the grain that happened to ask first.
            return new(running ??= Task.Run(RefreshAsync));
        }
    }

    private async Task<DenyRules?> RefreshAsync()
    {
        var rules = current;
        try
        {
            await Task.WhenAll(addresses.RefreshAsync(grains), domains.RefreshAsync(grains), mailboxes.RefreshAsync(grains));
            if (rules is null || rules.Addresses != addresses.Set || rules.Domains != domains.Set || rules.Mailboxes != mailboxes.Set)
                rules = new DenyRules(addresses.Set, domains.Set, mailboxes.Set);
        }
        catch (Exception failure)
        {
            LogAway(failure); // the last copy serves on
        }

        lock (gate)
        {
            running = null;
            refreshed = time.GetTimestamp();
            return current = rules;
        }
    }

    private static AddressPrefix ToPrefix(string entry) =>
        AddressPrefix.TryParse(entry, out var prefix) ? prefix : throw new InvalidDataException($"'{entry}' is kept as a deny entry and is no address");
}
