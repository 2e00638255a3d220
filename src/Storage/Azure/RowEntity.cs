using System.Buffers.Binary;
using System.Globalization;
using Azure.Data.Tables;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// A row as an entity: the commit's id (8 octets, big-endian) and the value in binary properties <c>V</c>, <c>V1</c>, …
/// of at most 64 KiB each, which is the service's limit.
/// </summary>
internal static class RowEntity
{
    public const int PropertyLength = 64 * 1024;
    public const int CommitLength = sizeof(long);
    private const int MaxProperties = (StoreLimits.ValueLength + CommitLength + PropertyLength - 1) / PropertyLength;

    public static readonly string[] Properties =
        [.. Enumerable.Range(0, MaxProperties).Select(static i => i == 0 ? "V" : string.Create(CultureInfo.InvariantCulture, $"V{i}"))];

    public static readonly string[] TypeNames = [.. Properties.Select(static name => name + "@odata.type")];

    // A service that gets something else than an ETag of its own answers with an error, not with a conflict.
    private const string NeverMatches = "W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"";

    public static Row Read(TableEntity entity)
    {
        var first = entity.GetBinary(Properties[0]);
        if (first is not { Length: >= CommitLength })
            throw new StorageException($"row {entity.PartitionKey}/{entity.RowKey} is not one of this store");
        var commit = new CommitId(BinaryPrimitives.ReadInt64BigEndian(first));
        return new Row(entity.RowKey, new ETag(entity.ETag.ToString()), commit, ReadValue(entity, first));
    }

    /// <summary>The value of If-Match for a version of ours.</summary>
    public static string ConditionOf(ETag etag) =>
        etag.Value is { } value && value.StartsWith("W/\"datetime'", StringComparison.Ordinal) && !value.AsSpan().ContainsAny('\r', '\n') ? value : NeverMatches;

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
}
