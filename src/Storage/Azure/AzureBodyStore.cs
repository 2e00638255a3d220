using System.Buffers;
using System.IO.Pipelines;

namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// Bodies in the storage account: small ones are rows of a table, since writing a blob costs many times as much, larger
/// ones are blobs. A body is durable when it is put. <see cref="ReadUsageAsync"/> costs nothing and says what the last
/// complete scan of this process (a sweep) has counted.
/// </summary>
public sealed class AzureBodyStore : IBodyStore
{
    /// <summary>Cursors of rows begin with this, those of blobs, which follow them, with the other.</summary>
    private const char InRows = 'r';
    private const char InBlobs = 'b';

    private readonly SmallBodies small;
    private readonly LargeBodies large;
    private readonly AzureStoreOptions options;
    private readonly TimeProvider time;
    private readonly BodyTally tally = new();

    internal AzureBodyStore(SmallBodies small, LargeBodies large, AzureStoreOptions options, TimeProvider time)
    {
        this.small = small;
        this.large = large;
        this.options = options;
        this.time = time;
    }

    public async ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken)
    {
        var name = BodyName.New(time.GetUtcNow());
        using var buffer = new BodyBuffer(options.BlockSize);
        var blocks = new List<string>();
        bool completed;
        do
        {
            var read = await body.ReadAsync(cancellationToken);
            if (read.IsCanceled)
                throw new OperationCanceledException("reading the body was cancelled");
            try
            {
                await TakeAsync(name, read.Buffer, buffer, blocks, cancellationToken);
            }
            finally
            {
                body.AdvanceTo(read.Buffer.End);
            }

            completed = read.IsCompleted;
        }
        while (!completed);

        if (blocks.Count == 0 && buffer.Length <= options.SmallBody)
        {
            await small.WriteAsync(name, buffer.Written, hint.SoleHolder, cancellationToken);
            return name.ToRef(buffer.Length, BodyPlace.Row);
        }

        var size = ((long)blocks.Count * options.BlockSize) + buffer.Length;
        if (blocks.Count == 0)
        {
            await large.WriteAsync(name, buffer, hint.SoleHolder, cancellationToken);
        }
        else
        {
            if (buffer.Length > 0)
                blocks.Add(await large.WriteBlockAsync(name, blocks.Count, buffer, cancellationToken));
            await large.CommitAsync(name, blocks, hint.SoleHolder, cancellationToken);
        }

        return name.ToRef(size, BodyPlace.File);
    }

    public async ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
    {
        var offset = Math.Min(range.Offset, body.Size);
        var length = Math.Min(range.Length ?? long.MaxValue, body.Size - offset);
        Stream? stream;
        if (body.Place == BodyPlace.Row)
        {
            var octets = await small.ReadAsync(BodyName.Of(body), cancellationToken);
            stream = octets is null ? null : new MemoryStream(octets, (int)offset, (int)length, writable: false);
        }
        else
        {
            stream = length == 0 ? new MemoryStream([]) : await large.OpenReadAsync(BodyName.Of(body), offset, length, cancellationToken);
        }

        return stream ?? throw new StorageException($"body {BodyName.Of(body).Key} is not there");
    }

    public ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken) => body.Place == BodyPlace.Row
        ? small.DeleteAsync(BodyName.Of(body), cancellationToken)
        : large.DeleteAsync(BodyName.Of(body), cancellationToken);

    public async ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageRows);
        BodyPage page;
        if (cursor is null || cursor[0] == InRows)
        {
            page = await small.ScanAsync(cursor?[1..], limit, cancellationToken);
            page = page with { Next = page.Next is null ? $"{InBlobs}" : $"{InRows}{page.Next}" };
        }
        else
        {
            page = await large.ScanAsync(cursor.Length == 1 ? null : cursor[1..], limit, cancellationToken);
            page = page with { Next = page.Next is null ? null : $"{InBlobs}{page.Next}" };
        }

        tally.Add(cursor, page);
        return page;
    }

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken) => ValueTask.FromResult(tally.Last);

    internal ValueTask<bool> ExistsAsync(BodyRef body, CancellationToken cancellationToken) => body.Place == BodyPlace.Row
        ? small.ExistsAsync(BodyName.Of(body), cancellationToken)
        : large.ExistsAsync(BodyName.Of(body), cancellationToken);

    private async ValueTask TakeAsync(
        BodyName name, ReadOnlySequence<byte> octets, BodyBuffer buffer, List<string> blocks, CancellationToken cancellationToken)
    {
        foreach (var segment in octets)
        {
            var rest = segment;
            while (rest.Length > 0)
            {
                if (buffer.IsFull)
                {
                    blocks.Add(await large.WriteBlockAsync(name, blocks.Count, buffer, cancellationToken));
                    buffer.Clear();
                }

                rest = rest[buffer.Append(rest.Span)..];
            }
        }
    }
}
