using System.Buffers.Binary;
using Azure.Data.Tables;
using AzureETag = global::Azure.ETag;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// A row as an entity: the commit's id (8 octets, big-endian) and the value in binary properties <c>V</c>, <c>V1</c>, …
/// of at most 64 KiB each, which is the service's limit.
/// </summary>
internal static class RowEntity
{
    private const int PropertyLength = 64 * 1024;
    private const int CommitLength = sizeof(long);
    private const int MaxProperties = (StoreLimits.ValueLength + CommitLength + PropertyLength - 1) / PropertyLength;

    // A service that gets something else than an ETag of its own answers with an error, not with a conflict.
    private static readonly AzureETag Never = new("W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"");

    private static readonly string[] Properties =
        [.. Enumerable.Range(0, MaxProperties).Select(static i => i == 0 ? "V" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"V{i}"))];

    public static TableTransactionAction ToAction(string partition, in RowOperation operation, CommitId commit) => operation.Kind switch
    {
        RowOperationKind.Insert => new(TableTransactionActionType.Add, Write(partition, operation, commit)),
        RowOperationKind.Replace => new(TableTransactionActionType.UpdateReplace, Write(partition, operation, commit), ToAzure(operation.ETag!.Value)),
        RowOperationKind.Upsert => new(TableTransactionActionType.UpsertReplace, Write(partition, operation, commit)),
        _ => new(TableTransactionActionType.Delete, new TableEntity(partition, operation.Key), operation.ETag is { } etag ? ToAzure(etag) : AzureETag.All),
    };

    public static Row Read(TableEntity entity)
    {
        var first = entity.GetBinary(Properties[0]);
        if (first is not { Length: >= CommitLength })
            throw new StorageException($"row {entity.PartitionKey}/{entity.RowKey} is not one of this store");
        var commit = new CommitId(BinaryPrimitives.ReadInt64BigEndian(first));
        return new Row(entity.RowKey, From(entity.ETag), commit, ReadValue(entity, first));
    }

    public static ETag From(AzureETag etag) => new(etag.ToString());

    private static ReadOnlyMemory<byte> ReadValue(TableEntity entity, byte[] first)
    {
        if (first.Length < PropertyLength)
            return first.AsMemory(CommitLength);
        using var whole = new MemoryStream(2 * PropertyLength);
        whole.Write(first.AsSpan(CommitLength));
        for (var i = 1; i < MaxProperties && entity.GetBinary(Properties[i]) is { } more; i++)
            whole.Write(more);
        return whole.ToArray();
    }

    private static TableEntity Write(string partition, in RowOperation operation, CommitId commit)
    {
        var value = operation.Value.Span;
        var first = new byte[Math.Min(CommitLength + value.Length, PropertyLength)];
        BinaryPrimitives.WriteInt64BigEndian(first, commit.Value);
        value[..(first.Length - CommitLength)].CopyTo(first.AsSpan(CommitLength));
        var entity = new TableEntity(partition, operation.Key) { [Properties[0]] = first };
        var rest = value[(first.Length - CommitLength)..];
        for (var i = 1; rest.Length > 0; i++)
        {
            var length = Math.Min(rest.Length, PropertyLength);
            entity[Properties[i]] = rest[..length].ToArray();
            rest = rest[length..];
        }

        return entity;
    }

    private static AzureETag ToAzure(ETag etag) =>
        etag.Value is { } value && value.StartsWith("W/\"datetime'", StringComparison.Ordinal) ? new AzureETag(value) : Never;
}
