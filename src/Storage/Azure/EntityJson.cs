using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Entities as the table service reads them (Payload format for Table Storage operations: JSON).</summary>
internal static class EntityJson
{
    private const string BinaryType = "Edm.Binary";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    /// <summary>A row: see <see cref="RowEntity"/>.</summary>
    public static void WriteRow(IBufferWriter<byte> target, string partition, in RowOperation operation, CommitId commit)
    {
        var value = operation.Value.Span;
        using var json = Begin(target, partition, operation.Key);
        var length = Math.Min(RowEntity.CommitLength + value.Length, RowEntity.PropertyLength);
        var first = ArrayPool<byte>.Shared.Rent(length);
        BinaryPrimitives.WriteInt64BigEndian(first, commit.Value);
        value[..(length - RowEntity.CommitLength)].CopyTo(first.AsSpan(RowEntity.CommitLength));
        WriteBinary(json, 0, first.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(first);
        var rest = value[(length - RowEntity.CommitLength)..];
        for (var i = 1; rest.Length > 0; i++)
        {
            length = Math.Min(rest.Length, RowEntity.PropertyLength);
            WriteBinary(json, i, rest[..length]);
            rest = rest[length..];
        }

        json.WriteEndObject();
    }

    /// <summary>A small body: see <see cref="SmallBodies"/>.</summary>
    public static void WriteBody(IBufferWriter<byte> target, BodyName name, ReadOnlySpan<byte> octets, RowKey? soleHolder)
    {
        using var json = Begin(target, name.Partition, name.Key);
        json.WriteString(SmallBodies.Octets + "@odata.type", BinaryType);
        json.WriteBase64String(SmallBodies.Octets, octets);
        json.WriteNumber(SmallBodies.Length, octets.Length);
        if (soleHolder is { } holder)
            json.WriteString(SmallBodies.Holder, HolderText.Write(holder));
        json.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> target, string partition, string key)
    {
        var json = new Utf8JsonWriter(target, Options);
        json.WriteStartObject();
        json.WriteString("PartitionKey", partition);
        json.WriteString("RowKey", key);
        return json;
    }

    private static void WriteBinary(Utf8JsonWriter json, int index, ReadOnlySpan<byte> octets)
    {
        json.WriteString(RowEntity.TypeNames[index], BinaryType);
        json.WriteBase64String(RowEntity.Properties[index], octets);
    }
}
