using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// An entity group transaction (Performing entity group transactions): one multipart changeset. The SDK makes the same out
/// of a pipeline and a message for each operation, at several times the cost.
/// </summary>
internal static class TransactionContent
{
    // Nothing that is written between them can hold such a line: entities are one line that begins with a brace.
    private const string Batch = "batch_mail";
    private const string Changeset = "changeset_mail";

    public const string ContentType = "multipart/mixed; boundary=" + Batch;

    /// <summary>Octets of an operation besides its value and twice its keys, about.</summary>
    private const int OperationLength = 480;

    public static ReadOnlyMemory<byte> Write(string table, RowBatch batch, IReadOnlyList<int> live)
    {
        var content = new ArrayBufferWriter<byte>(LengthOf(batch, live));
        Add(content, $"--{Batch}\r\nContent-Type: multipart/mixed; boundary={Changeset}\r\n\r\n");
        foreach (var index in live)
        {
            var operation = batch.Operations[index];
            Add(content, $"--{Changeset}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            Add(content, $"{MethodOf(operation.Kind)} {TableNames.Address(table, batch.Partition, operation)} HTTP/1.1\r\n");
            if (TableNames.ConditionOf(operation) is { } condition)
                Add(content, $"If-Match: {condition}\r\n");
            if (operation.Kind == RowOperationKind.Delete)
            {
                Add(content, $"Accept: {TableNames.Json}\r\nDataServiceVersion: {TableNames.Version};\r\n\r\n\r\n");
                continue;
            }

            Add(content, $"Content-Type: application/json\r\nAccept: {TableNames.Json}\r\nPrefer: return-no-content\r\nDataServiceVersion: {TableNames.Version};\r\n\r\n");
            EntityJson.WriteRow(content, batch.Partition, operation, batch.Id);
            Add(content, $"\r\n");
        }

        Add(content, $"--{Changeset}--\r\n--{Batch}--\r\n");
        return content.WrittenMemory;
    }

    private static string MethodOf(RowOperationKind kind) => kind switch
    {
        RowOperationKind.Insert => "POST",
        RowOperationKind.Delete => "DELETE",
        _ => "PUT",
    };

    private static int LengthOf(RowBatch batch, IReadOnlyList<int> live)
    {
        var length = OperationLength;
        foreach (var index in live)
        {
            var operation = batch.Operations[index];
            length += OperationLength + (3 * (batch.Partition.Length + operation.Key.Length)) + Base64.GetMaxEncodedToUtf8Length(operation.Value.Length);
        }

        return length;
    }

    // Keys and versions are ASCII.
    private static void Add(ArrayBufferWriter<byte> content, string text) =>
        content.Advance(Encoding.ASCII.GetBytes(text, content.GetSpan(text.Length)));
}
