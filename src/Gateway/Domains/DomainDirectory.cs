using System.Collections.Frozen;
using Orleans.Mail.Gateway.Footers;

namespace Orleans.Mail.Gateway.Domains;

/// <summary>
/// The gateway's copy of the domains of ours, so that foreign domains cost no call. It is at most
/// <see cref="Cluster.ClusterLink.Period"/> old while the cluster answers; without the cluster the last copy serves.
/// </summary>
public sealed class DomainDirectory
{
    private volatile FrozenDictionary<string, DomainSettings>? domains;

    /// <summary>False until the first copy has come: what is ours is not known yet, a temporary failure.</summary>
    public bool IsLoaded => domains is not null;

    /// <summary>Whether a domain, as <see cref="DomainName"/> writes it, is ours.</summary>
    public bool Contains(string domain) => domains?.ContainsKey(domain) ?? false;

    /// <summary>The settings of a domain of ours, else null.</summary>
    public DomainSettings? Find(string domain) => domains?.GetValueOrDefault(domain);

    /// <summary>The same without a string of its own, for what asks at every message.</summary>
    public DomainSettings? Find(ReadOnlySpan<char> domain) =>
        domains is { } all && all.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(domain, out var found) ? found : null;

    /// <summary>Whether any domain has a footer.</summary>
    public bool HasFooters { get; private set; }

    /// <summary>All our domains.</summary>
    public IReadOnlyCollection<string> Names => domains is { } all ? all.Keys : [];

    /// <summary>Takes a new copy.</summary>
    public async Task RefreshAsync(IClusterGrain cluster)
    {
        const int PageSize = 1000;
        var copy = new Dictionary<string, DomainSettings>(StringComparer.Ordinal);
        for (string? after = ""; after is not null;)
        {
            var page = await cluster.ListDomainsAsync(after, PageSize);
            foreach (var domain in page.Domains)
                copy[domain.Name] = domain.Settings;
            after = page.Next;
        }

        HasFooters = copy.Values.Any(domain => domain.Shown() != FooterChoice.Given);
        domains = copy.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
