namespace Orleans.Mail.Storage.Azure;

/// <summary>Words of the table service's protocol.</summary>
internal static class TableNames
{
    public const string Json = "application/json;odata=minimalmetadata";

    /// <summary>Of the data service's protocol (Setting the OData data service version headers).</summary>
    public const string Version = "3.0";

    /// <summary>Where an operation on a row is sent: an insertion to the table, all else to the entity.</summary>
    /// <param name="table">The table's address.</param>
    /// <param name="partition">The row's partition.</param>
    /// <param name="operation">The operation.</param>
    public static string Address(string table, string partition, in RowOperation operation) =>
        operation.Kind == RowOperationKind.Insert ? table : Address(table, partition, operation.Key);

    public static string Address(string table, string partition, string key) =>
        $"{table}(PartitionKey='{Escape(partition)}',RowKey='{Escape(key)}')";

    /// <summary>If-Match: without it an upsert and an insertion, <c>*</c> for a deletion in any case.</summary>
    public static string? ConditionOf(in RowOperation operation) => operation switch
    {
        { ETag: { } etag } => RowEntity.ConditionOf(etag),
        { Kind: RowOperationKind.Delete } => "*",
        _ => null,
    };

    // Of the characters of keys these two are escaped in a path (RFC 3986 2.2).
    private static string Escape(string key) =>
        key.AsSpan().ContainsAny('!', '@') ? key.Replace("!", "%21", StringComparison.Ordinal).Replace("@", "%40", StringComparison.Ordinal) : key;
}
