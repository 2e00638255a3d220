namespace Orleans.Mail.Gateway.Manage;

/// <summary>A mailing list with its address.</summary>
internal sealed record FoundList(string Address, MailingList List);

/// <summary>Finds mailing lists.</summary>
internal static class ListDirectory
{
    /// <summary>Lists that are asked for their settings at the same time.</summary>
    private const int ListsAtATime = 100;

    /// <summary>The lists of a domain, or of all domains when it is null.</summary>
    public static async IAsyncEnumerable<FoundList> FindAsync(IGrainFactory grains, string? domain)
    {
        await foreach (var page in ClusterListing.AddressPagesAsync(grains, NameKind.List, domain))
        {
            foreach (var part in page.Chunk(ListsAtATime))
            {
                var lists = await Task.WhenAll(part.Select(address => grains.GetGrain<IListAddressGrain>(address).ReadAsync()));
                foreach (var (address, list) in part.Zip(lists))
                {
                    if (list is not null)
                        yield return new FoundList(address, list);
                }
            }
        }
    }
}
