using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Protocols.Manage;

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

    /// <summary>The addresses of one kind in a domain, or in all domains when it is null. A page may be empty.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<string>> AddressPagesAsync(IGrainFactory grains, NameKind kind, string? only)
    {
        await foreach (var domain in DomainNamesAsync(grains, only))
        {
            await foreach (var names in NamePagesAsync(grains, domain))
                yield return [.. names.Where(name => name.Kind == kind).Select(name => $"{name.Local}@{domain}")];
        }
    }

    /// <summary>Writes the addresses of one kind, a line each. Returns how many there are.</summary>
    public static async Task<long> WriteAddressesAsync(CommandContext context, IGrainFactory grains, NameKind kind, string? only)
    {
        long count = 0;
        await foreach (var page in AddressPagesAsync(grains, kind, only))
        {
            foreach (var address in page)
                context.WriteLine(address);
            count += page.Count;
            await context.FlushAsync();
        }

        return count;
    }

    /// <summary>Answers with the entries of a timed list, a line each.</summary>
    public static async Task<ManageStatus> WriteTimedAsync(CommandContext context, ITimedListGrain list, Func<TimedEntry, string> describe)
    {
        long count = 0;
        await foreach (var page in TimedPages.ReadAsync(list))
        {
            foreach (var entry in page)
                context.WriteLine(describe(entry));
            count += page.Count;
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    /// <summary>The refusal when a domain that was named is not ours.</summary>
    public static async Task<ManageStatus?> FindRefusalAsync(CommandContext context, IGrainFactory grains, string? domain) =>
        domain is null || await grains.GetGrain<IDomainGrain>(domain).ReadAsync() is not null
            ? null
            : context.Request.Status(ManageEnding.NotFound, ManageTexts.NoDomain(domain));

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

    private static async IAsyncEnumerable<string> DomainNamesAsync(IGrainFactory grains, string? only)
    {
        if (only is not null)
        {
            yield return only;
            yield break;
        }

        await foreach (var page in DomainPagesAsync(grains))
        {
            foreach (var domain in page)
                yield return domain.Name;
        }
    }
}
