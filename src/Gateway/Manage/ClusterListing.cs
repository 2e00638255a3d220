namespace Orleans.Mail.Gateway.Manage;

/// <summary>Walks what the cluster holds page by page: bounded memory, however much there is and however slow the reader.</summary>
internal static class ClusterListing
{
    /// <summary>Domains of a page; a page of them is also how many are asked at the same time.</summary>
    public const int DomainsPerPage = 100;

    public const int NamesPerPage = 1000;

    /// <summary>All domains of ours, in ordinal order.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Domain>> DomainPagesAsync(IGrainFactory grains)
    {
        var cluster = grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey);
        for (string? after = ""; after is not null;)
        {
            var page = await cluster.ListDomainsAsync(after, DomainsPerPage);
            yield return page.Domains;
            after = page.Next;
        }
    }

    /// <summary>The names of a domain, in ordinal order.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<NameEntry>> NamePagesAsync(IGrainFactory grains, string domain)
    {
        var grain = grains.GetGrain<IDomainGrain>(domain);
        for (string? after = ""; after is not null;)
        {
            var page = await grain.ListAsync(after, NamesPerPage);
            yield return page.Names;
            after = page.Next;
        }
    }
}
