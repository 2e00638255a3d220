using System.Buffers;
using System.Buffers.Text;
using Azure.Data.Tables;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Bodies as entities of a table of their own: <c>B</c> the octets, <c>L</c> their number, <c>H</c> the sole holder.</summary>
internal sealed class SmallBodies(TableClient table, TableRequests requests, AzureCalls calls)
{
    public const string Octets = "B";
    public const string Length = "L";
    public const string Holder = "H";

    /// <summary>Octets of an entity besides the body's, about.</summary>
    private const int FactsLength = 512;

    private static readonly string[] LengthOnly = [Length];
    private static readonly string[] Facts = ["PartitionKey", "RowKey", Length, Holder];

    public async ValueTask WriteAsync(BodyName name, ReadOnlyMemory<byte> octets, RowKey? soleHolder, CancellationToken cancellationToken)
    {
        var entity = new ArrayBufferWriter<byte>(Base64.GetMaxEncodedToUtf8Length(octets.Length) + FactsLength);
        EntityJson.WriteBody(entity, name, octets.Span, soleHolder);
        // The id is nobody else's, so that a repetition writes the same.
        await calls.RunAsync(
            OperationKind.BodyWrite,
            static async (at, token) => (await at.requests.UpsertAsync(at.name.Partition, at.name.Key, at.entity.WrittenMemory, token)).Done(),
            (requests, name, entity),
            cancellationToken);
    }

    public ValueTask<byte[]?> ReadAsync(BodyName name, CancellationToken cancellationToken) => calls.RunAsync(
        OperationKind.BodyRead,
        static (at, token) => at.requests.ReadBinaryAsync(at.name.Partition, at.name.Key, Octets, token),
        (requests, name),
        cancellationToken);

    public async ValueTask<bool> ExistsAsync(BodyName name, CancellationToken cancellationToken)
    {
        var found = await calls.RunAsync(
            OperationKind.BodyFind,
            static async (at, token) =>
            {
                var found = await at.table.GetEntityIfExistsAsync<TableEntity>(at.name.Partition, at.name.Key, LengthOnly, token);
                if (!found.HasValue)
                    TableRequests.RequireNoEntity(found.GetRawResponse());
                return found;
            },
            (table, name),
            cancellationToken);
        return found.HasValue;
    }

    public async ValueTask DeleteAsync(BodyName name, CancellationToken cancellationToken) => await calls.RunAsync(
        OperationKind.BodyDelete,
        static (at, token) => at.table.DeleteEntityAsync(at.name.Partition, at.name.Key, cancellationToken: token),
        (table, name),
        cancellationToken);

    /// <param name="continuation">Where the page before ended; null at first.</param>
    /// <param name="limit">Bodies at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<BodyPage> ScanAsync(string? continuation, int limit, CancellationToken cancellationToken)
    {
        var page = await calls.RunAsync(
            OperationKind.BodyScan, TableQuery.RunAsync, new TableQuery(table, null, limit, Facts, continuation), cancellationToken);
        return new BodyPage([.. page.Values.Select(Describe)], page.ContinuationToken);
    }

    private static StoredBody Describe(TableEntity entity)
    {
        var name = BodyName.Parse(entity.RowKey);
        return new(name.ToRef(entity.GetInt32(Length) ?? 0, BodyPlace.Row), name.Created, HolderText.Read(entity.GetString(Holder)));
    }
}
