using System.Text;
using Azure;
using Azure.Data.Tables;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Rows as entities of one table. Keys need no translation: the alphabet of <see cref="KeyText"/> is allowed there and sorts ordinally.</summary>
public sealed class AzureRowStore : IRowStore
{
    /// <summary>Rows that a look for partitions reads at a time: many when partitions are small, one seek for each when they are not.</summary>
    private const int SeekRows = 100;

    private static readonly string[] PartitionOnly = ["PartitionKey"];

    private readonly TableClient table;
    private readonly TableRequests requests;
    private readonly AzureCalls calls;
    private readonly AzureBodyStore bodies;

    internal AzureRowStore(TableClient table, TableRequests requests, AzureCalls calls, AzureBodyStore bodies)
    {
        this.table = table;
        this.requests = requests;
        this.calls = calls;
        this.bodies = bodies;
    }

    public async ValueTask<Row?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        var found = await calls.RunAsync(
            OperationKind.RowRead,
            static (at, token) => FindAsync(at.table, at.key, null, token),
            (table, key),
            cancellationToken);
        return found.HasValue ? RowEntity.Read(found.Value!) : null;
    }

    public async ValueTask<RowPage> ScanAsync(RowRange range, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        if (string.CompareOrdinal(range.From, range.Before) >= 0)
            return new RowPage([], null);
        var filter = FilterOf(range);
        string? continuation = null;
        do
        {
            // One reply is one snapshot. The service may answer with no row and the place to go on.
            var page = await QueryAsync(OperationKind.RowScan, filter, limit, null, continuation, cancellationToken);
            if (page.Values.Count > 0)
            {
                var rows = page.Values.Select(RowEntity.Read).ToArray();
                return new RowPage(rows, page.ContinuationToken is null ? null : range.After(rows[^1].Key));
            }

            continuation = page.ContinuationToken;
        }
        while (continuation is not null);
        return new RowPage([], null);
    }

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await FindMissingAsync(batch, cancellationToken) is { } missing)
            return CommitResult.BodyMissing(missing);
        return await new RowCommit(requests, calls, this, batch).RunAsync(cancellationToken);
    }

    public async ValueTask<PartitionPage> ScanPartitionsAsync(PartitionRange range, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        var partitions = new List<string>();
        var from = range.From;
        while (string.CompareOrdinal(from, range.Before) < 0)
        {
            string? continuation = null;
            var filter = $"PartitionKey ge '{from}' and PartitionKey lt '{range.Before}'";
            IReadOnlyList<TableEntity> found;
            do
            {
                var page = await QueryAsync(OperationKind.PartitionScan, filter, SeekRows, PartitionOnly, continuation, cancellationToken);
                (found, continuation) = (page.Values, page.ContinuationToken);
            }
            while (found.Count == 0 && continuation is not null);

            foreach (var entity in found)
            {
                if (partitions.Count > 0 && partitions[^1] == entity.PartitionKey)
                    continue;
                if (partitions.Count == limit)
                    return new PartitionPage(partitions, range with { From = KeyText.Successor(partitions[^1]) });
                partitions.Add(entity.PartitionKey);
            }

            if (continuation is null)
                break;
            from = KeyText.Successor(partitions[^1]);
        }

        return new PartitionPage(partitions, null);
    }

    internal async Task<bool> ExistsAsync(RowKey key, CancellationToken cancellationToken)
    {
        var found = await calls.RunAsync(
            OperationKind.RowRead,
            static (at, token) => FindAsync(at.table, at.key, PartitionOnly, token),
            (table, key),
            cancellationToken);
        return found.HasValue;
    }

    private static async Task<NullableResponse<TableEntity>> FindAsync(TableClient table, RowKey key, string[]? select, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(key.Partition, key.Key, select, cancellationToken);
        if (!found.HasValue)
            TableRequests.RequireNoEntity(found.GetRawResponse());
        return found;
    }

    // A body is durable when it is put, and one that is not shared has no other row that could have let it go: nothing to
    // look for. A shared one may have gone with its last holder.
    private async ValueTask<int?> FindMissingAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Requires.Count; i++)
        {
            if (batch.Requires[i].Shared && !await bodies.ExistsAsync(batch.Requires[i], cancellationToken))
                return i;
        }

        return null;
    }

    private ValueTask<global::Azure.Page<TableEntity>> QueryAsync(
        string kind, string filter, int limit, string[]? select, string? continuation, CancellationToken cancellationToken) =>
        calls.RunAsync(kind, TableQuery.RunAsync, new TableQuery(table, filter, limit, select, continuation), cancellationToken);

    private static string FilterOf(RowRange range)
    {
        var filter = new StringBuilder("PartitionKey eq '").Append(range.Partition).Append('\'');
        if (range.From.Length > 0)
            filter.Append(" and RowKey ge '").Append(range.From).Append('\'');
        if (range.Before != KeyText.AfterAll)
            filter.Append(" and RowKey lt '").Append(range.Before).Append('\'');
        return filter.ToString();
    }

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageRows);
    }
}
