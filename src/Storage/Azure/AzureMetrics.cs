using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orleans.Mail.Storage.Azure;

/// <summary>What the shared store measures: every request to the service, repeated ones too, as it is paid for.</summary>
internal sealed class AzureMetrics
{
    private readonly Counter<long>? operations;
    private readonly Histogram<double>? duration;

    /// <param name="meters">Null: nobody measures.</param>
    public AzureMetrics(IMeterFactory? meters)
    {
        var meter = meters?.Create("mail.store");
        operations = meter?.CreateCounter<long>("mail.store.operations", "{operation}", "Requests to the storage account.");
        duration = meter?.CreateHistogram<double>("mail.store.operation.duration", "s", "From a request to its reply.");
    }

    /// <param name="kind">One of <see cref="OperationKind"/>.</param>
    /// <param name="outcome">ok, conflict, refused, lost or error.</param>
    /// <param name="started">From <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Count(string kind, string outcome, long started)
    {
        if (operations is null)
            return;
        var tags = new TagList { { "kind", kind }, { "outcome", outcome } };
        operations.Add(1, tags);
        duration!.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
    }
}

/// <summary>What a request is for: the tag <c>kind</c>.</summary>
internal static class OperationKind
{
    public const string Setup = "setup";
    public const string RowRead = "row.read";
    public const string RowScan = "row.scan";
    public const string RowWrite = "row.write";
    public const string RowBatch = "row.batch";
    public const string PartitionScan = "partition.scan";
    public const string BodyFind = "body.find";
    public const string BodyRead = "body.read";
    public const string BodyWrite = "body.write";
    public const string BodyDelete = "body.delete";
    public const string BodyScan = "body.scan";
    public const string BlobFind = "blob.find";
    public const string BlobRead = "blob.read";
    public const string BlobWrite = "blob.write";
    public const string BlobBlock = "blob.block";
    public const string BlobCommit = "blob.commit";
    public const string BlobDelete = "blob.delete";
    public const string BlobScan = "blob.scan";
}
