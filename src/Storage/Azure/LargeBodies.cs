using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Bodies as block blobs. The sole holder is the blob's metadata <c>holder</c>.</summary>
internal sealed class LargeBodies(BlobContainerClient container, AzureCalls calls)
{
    private const string Holder = "holder";

    /// <summary>Writes a whole body with one request.</summary>
    public async ValueTask WriteAsync(BodyName name, BodyBuffer octets, RowKey? soleHolder, CancellationToken cancellationToken) => await calls.RunAsync(
        OperationKind.BlobWrite,
        static (at, token) => at.blob.UploadAsync(at.octets.OpenRead(), new BlobUploadOptions { Metadata = at.facts }, token),
        (blob: BlobOf(name), octets, facts: FactsOf(soleHolder)),
        cancellationToken);

    /// <summary>Sends the next block. It is no body yet: what is never committed goes by itself within a week.</summary>
    /// <returns>The block's name.</returns>
    public async ValueTask<string> WriteBlockAsync(BodyName name, int index, BodyBuffer octets, CancellationToken cancellationToken)
    {
        var block = Convert.ToBase64String(Encoding.ASCII.GetBytes(index.ToString("d8", System.Globalization.CultureInfo.InvariantCulture)));
        await calls.RunAsync(
            OperationKind.BlobBlock,
            static (at, token) => at.blob.StageBlockAsync(at.block, at.octets.OpenRead(), cancellationToken: token),
            (blob: BlobOf(name), block, octets),
            cancellationToken);
        return block;
    }

    /// <summary>Makes a body of its blocks, durable when it returns.</summary>
    public async ValueTask CommitAsync(BodyName name, IReadOnlyList<string> blocks, RowKey? soleHolder, CancellationToken cancellationToken) => await calls.RunAsync(
        OperationKind.BlobCommit,
        static (at, token) => at.blob.CommitBlockListAsync(at.blocks, new CommitBlockListOptions { Metadata = at.facts }, token),
        (blob: BlobOf(name), blocks, facts: FactsOf(soleHolder)),
        cancellationToken);

    /// <summary>A part of a body, streamed; null when there is no such body.</summary>
    public ValueTask<Stream?> OpenReadAsync(BodyName name, long offset, long length, CancellationToken cancellationToken) => calls.RunAsync(
        OperationKind.BlobRead,
        static async (at, token) =>
        {
            try
            {
                var options = new BlobDownloadOptions { Range = new HttpRange(at.offset, at.length) };
                var reply = await at.blob.DownloadStreamingAsync(options, token);
                return (Stream?)new BlobStream(reply.Value.Content, at.length);
            }
            catch (RequestFailedException missing) when (SaysThatThereIsNone(missing))
            {
                return null;
            }
        },
        (blob: BlobOf(name), offset, length),
        cancellationToken);

    // The SDK's own ExistsAsync takes a missing container, too, for a missing blob.
    public ValueTask<bool> ExistsAsync(BodyName name, CancellationToken cancellationToken) => calls.RunAsync(
        OperationKind.BlobFind,
        static async (blob, token) =>
        {
            try
            {
                await blob.GetPropertiesAsync(cancellationToken: token);
                return true;
            }
            catch (RequestFailedException missing) when (SaysThatThereIsNone(missing))
            {
                return false;
            }
        },
        BlobOf(name),
        cancellationToken);

    public async ValueTask DeleteAsync(BodyName name, CancellationToken cancellationToken) => await calls.RunAsync(
        OperationKind.BlobDelete, static (blob, token) => blob.DeleteIfExistsAsync(cancellationToken: token), BlobOf(name), cancellationToken);

    /// <param name="continuation">Where the page before ended; null at first.</param>
    /// <param name="limit">Bodies at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<BodyPage> ScanAsync(string? continuation, int limit, CancellationToken cancellationToken)
    {
        var page = await calls.RunAsync(OperationKind.BlobScan, ListAsync, (container, continuation, limit), cancellationToken);
        return new BodyPage([.. page.Values.Select(Describe)], page.ContinuationToken is { Length: > 0 } next ? next : null);
    }

    // A missing container, or a stranger's 404, says nothing of the blob.
    private static bool SaysThatThereIsNone(RequestFailedException failed) =>
        Failure.Of(failed) is { Status: 404, Kind: FailureKind.Condition };

    private static async Task<Page<BlobItem>> ListAsync(
        (BlobContainerClient Container, string? Continuation, int Limit) at, CancellationToken cancellationToken)
    {
        await using var pages = at.Container.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken)
            .AsPages(at.Continuation, at.Limit)
            .GetAsyncEnumerator(cancellationToken);
        await pages.MoveNextAsync();
        return pages.Current;
    }

    private static StoredBody Describe(BlobItem blob)
    {
        var name = BodyName.Parse(blob.Name.AsSpan(blob.Name.IndexOf('/', StringComparison.Ordinal) + 1));
        var holder = blob.Metadata.TryGetValue(Holder, out var text) ? HolderText.Read(text) : null;
        return new(name.ToRef(blob.Properties.ContentLength ?? 0, BodyPlace.File), name.Created, holder);
    }

    private static Dictionary<string, string>? FactsOf(RowKey? soleHolder) =>
        soleHolder is { } holder ? new() { [Holder] = HolderText.Write(holder) } : null;

    private BlockBlobClient BlobOf(BodyName name) => container.GetBlockBlobClient(name.BlobName);
}
