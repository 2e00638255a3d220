namespace Orleans.Mail.Grains;

/// <summary>
/// The blocked clients (/64) of each site (/48) of IPv6. Who holds a site has a budget for each of its 65,536 clients, so many
/// blocks in one are a reason to block it whole.
/// </summary>
internal sealed class BlockedSites
{
    private readonly Dictionary<AddressPrefix, HashSet<string>> clients = [];

    /// <summary>Takes an entry. Returns the site of which it blocks a client; null when it is about something else.</summary>
    public AddressPrefix? Add(TimedEntry entry)
    {
        if (entry.Reason is not (TimedReasons.Logins or TimedReasons.Probes) || SiteOf(entry.Subject) is not { } site)
            return null;
        if (!clients.TryGetValue(site, out var there))
            clients[site] = there = new(StringComparer.Ordinal);
        there.Add(entry.Subject);
        return site;
    }

    /// <summary>Forgets a client.</summary>
    public void Remove(string subject)
    {
        if (SiteOf(subject) is { } site && clients.TryGetValue(site, out var there) && there.Remove(subject) && there.Count == 0)
            clients.Remove(site);
    }

    /// <summary>Its clients that were added, whether their blocks have ended or not.</summary>
    public IReadOnlyCollection<string> ClientsOf(AddressPrefix site) => clients.TryGetValue(site, out var there) ? there : [];

    private static AddressPrefix? SiteOf(string subject) => AddressPrefix.TryParse(subject, out var client) ? ClientBudgets.SiteOf(client) : null;
}
