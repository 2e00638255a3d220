namespace Orleans.Mail.Gateway.Abuse;

/// <summary>Walks a list of timed entries page by page.</summary>
internal static class TimedPages
{
    private const int PageSize = 1000;

    public static async IAsyncEnumerable<IReadOnlyList<TimedEntry>> ReadAsync(ITimedListGrain list)
    {
        for (string? after = ""; after is not null;)
        {
            var page = await list.ListAsync(after, PageSize);
            yield return page.Entries;
            after = page.Next;
        }
    }
}
