using Azure;
using Azure.Data.Tables;

namespace Orleans.Mail.Storage.Azure;

/// <summary>One page of a query: one request, one reply.</summary>
/// <param name="Table">Where.</param>
/// <param name="Filter">OData; null = everything.</param>
/// <param name="Limit">Entities at most.</param>
/// <param name="Select">The properties that are wanted; null = all.</param>
/// <param name="Continuation">Where the page before ended, in the service's words; null at first.</param>
internal sealed record TableQuery(TableClient Table, string? Filter, int Limit, string[]? Select, string? Continuation)
{
    public static async Task<Page<TableEntity>> RunAsync(TableQuery query, CancellationToken cancellationToken)
    {
        await using var pages = query.Table.QueryAsync<TableEntity>(query.Filter, query.Limit, query.Select, cancellationToken)
            .AsPages(query.Continuation, query.Limit)
            .GetAsyncEnumerator(cancellationToken);
        await pages.MoveNextAsync();
        return pages.Current;
    }
}
