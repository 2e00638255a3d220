using System.Globalization;

namespace Orleans.Mail.Storage;

/// <summary>
/// Who holds a body that several rows use. A body's partition has a row <c>root</c> and a row <c>h!…</c> for each holder;
/// every change replaces the root by ETag, so that an add and the last release cannot miss each other. Holders stand
/// before the rows that use the body, and are released after those are gone. Everything is idempotent: repeat a call
/// whose outcome is unknown.
/// </summary>
public sealed class BodyHolders(IRowStore rows, IBodyStore bodies)
{
    private const string Root = "root";
    private const string HolderPrefix = "h!";
    private const byte Format = 1;

    /// <summary>The root counts as an operation, too.</summary>
    private const int HoldersOfBatch = StoreLimits.BatchOperations - 1;

    /// <summary>Tries against others who change the same body.</summary>
    private const int Attempts = 32;

    /// <summary>Makes <paramref name="holders"/> hold the body, durably; the body becomes durable with them.</summary>
    /// <returns>The shared reference that the holders' rows must carry.</returns>
    /// <exception cref="StorageException">The body is not there (never put, given up, or being deleted), or the store is in trouble.</exception>
    public async ValueTask<BodyRef> ShareAsync(BodyRef body, IReadOnlyList<RowKey> holders, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(holders.Count);
        var shared = body with { Shared = true };
        foreach (var part in holders.Distinct().Chunk(HoldersOfBatch))
            await AddAsync(shared, part, cancellationToken);
        return shared;
    }

    /// <summary>Ends what <paramref name="holder"/> holds; with the last holder the body goes.</summary>
    public async ValueTask ReleaseAsync(BodyRef body, RowKey holder, CancellationToken cancellationToken)
    {
        if (!body.Shared)
        {
            await bodies.DeleteAsync(body, cancellationToken);
            return;
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await ReadRootAsync(body, cancellationToken) is not { } root)
                return;
            if (root.Dying)
            {
                await FinishAsync(body, root.ETag, cancellationToken);
                return;
            }

            if (await TryReleaseAsync(body, holder, root, cancellationToken))
                return;
        }

        throw TooBusy(body);
    }

    /// <summary>A page of the holders of a shared body; none when it has been released. For the sweep.</summary>
    /// <param name="body">The body.</param>
    /// <param name="rest">Null for the first page, then <see cref="HolderPage.Next"/>.</param>
    /// <param name="limit">1 to <see cref="StoreLimits.PageRows"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<HolderPage> ReadHoldersAsync(
        BodyRef body, RowRange? rest, int limit, CancellationToken cancellationToken)
    {
        var page = await rows.ScanAsync(rest ?? AllHolders(body), limit, cancellationToken);
        return new HolderPage([.. page.Rows.Select(static row => ReadHolder(row.Value.Span))], page.Next);
    }

    /// <summary>Deletes a body that no row uses, with what is left of its holders. For the sweep.</summary>
    public async ValueTask DiscardAsync(BodyRef body, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var root = await ReadRootAsync(body, cancellationToken);
            if (root is null)
            {
                await bodies.DeleteAsync(body, cancellationToken);
                return;
            }

            var etag = root.Value.ETag;
            if (!root.Value.Dying)
            {
                var batch = new RowBatch(PartitionOf(body)).Replace(Root, WriteRoot(body, dying: true), etag);
                var result = await rows.CommitSettledAsync(batch, cancellationToken);
                if (result.Outcome != CommitOutcome.Done)
                    continue;
                etag = result.ETags[0];
            }

            await FinishAsync(body, etag, cancellationToken);
            return;
        }

        throw TooBusy(body);
    }

    private async ValueTask AddAsync(BodyRef body, RowKey[] holders, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var batch = new RowBatch(PartitionOf(body));
            var root = await ReadRootAsync(body, cancellationToken);
            if (root is { Dying: true })
                throw new StorageException($"body {body.Low:x} is being deleted");
            if (root is null)
                batch.Insert(Root, WriteRoot(body, dying: false)).Require(body);
            else
                batch.Replace(Root, WriteRoot(body, dying: false), root.Value.ETag);
            foreach (var holder in holders)
                batch.Upsert(KeyOf(holder), WriteHolder(holder));
            switch ((await rows.CommitSettledAsync(batch, cancellationToken)).Outcome)
            {
                case CommitOutcome.Done:
                    return;
                case CommitOutcome.BodyMissing:
                    throw new StorageException($"body {body.Low:x} is not there");
            }
        }

        throw TooBusy(body);
    }

    private async ValueTask<bool> TryReleaseAsync(
        BodyRef body, RowKey holder, BodyRoot root, CancellationToken cancellationToken)
    {
        var key = KeyOf(holder);
        var two = await rows.ScanAsync(AllHolders(body), 2, cancellationToken);
        var others = two.Rows.Any(row => row.Key != key);
        var partition = PartitionOf(body);
        if (others && await rows.ReadAsync(new RowKey(partition, key), cancellationToken) is null)
            return true; // released before
        var batch = new RowBatch(partition).Replace(Root, WriteRoot(body, dying: !others), root.ETag).Delete(key);
        var result = await rows.CommitSettledAsync(batch, cancellationToken);
        if (result.Outcome != CommitOutcome.Done)
            return false;
        if (!others)
            await FinishAsync(body, result.ETags[0], cancellationToken);
        return true;
    }

    // The root goes last: while it stands and is dying, nobody can add a holder to a body that is about to go.
    private async ValueTask FinishAsync(BodyRef body, ETag root, CancellationToken cancellationToken)
    {
        await bodies.DeleteAsync(body, cancellationToken);
        while (true)
        {
            var page = await rows.ScanAsync(AllHolders(body), HoldersOfBatch, cancellationToken);
            var batch = new RowBatch(PartitionOf(body));
            foreach (var row in page.Rows)
                batch.Delete(row.Key);
            if (page.Next is null)
                batch.Delete(Root, root);
            await rows.CommitSettledAsync(batch, cancellationToken); // a conflict: somebody else has finished it
            if (page.Next is null)
                return;
        }
    }

    private async ValueTask<BodyRoot?> ReadRootAsync(BodyRef body, CancellationToken cancellationToken)
    {
        var row = await rows.ReadAsync(new RowKey(PartitionOf(body), Root), cancellationToken);
        if (row is null)
            return null;
        var record = new RecordReader(row.Value.Span, Format);
        record.Body();
        return new BodyRoot(row.ETag, record.Bool());
    }

    private static ReadOnlyMemory<byte> WriteRoot(BodyRef body, bool dying) =>
        new RecordWriter(Format).Body(body).Bool(dying).ToMemory();

    private static ReadOnlyMemory<byte> WriteHolder(RowKey holder) =>
        new RecordWriter(Format).Text(holder.Partition).Text(holder.Key).ToMemory();

    private static RowKey ReadHolder(ReadOnlySpan<byte> value)
    {
        var record = new RecordReader(value, Format);
        return new RowKey(record.Text(), record.Text());
    }

    private static string PartitionOf(BodyRef body) => string.Create(
        CultureInfo.InvariantCulture, $"b!{BodySpread.Of(body.High, body.Low):x2}!{body.High:x16}{body.Low:x16}");

    private static string KeyOf(RowKey holder) =>
        LongKey.Fit($"{HolderPrefix}{KeyText.Escape(holder.Partition)}!{KeyText.Escape(holder.Key)}");

    private static RowRange AllHolders(BodyRef body) => RowRange.Prefix(PartitionOf(body), HolderPrefix);

    private static StorageException TooBusy(BodyRef body) => new($"the holders of body {body.Low:x} change too often");

    private readonly record struct BodyRoot(ETag ETag, bool Dying);
}

/// <param name="Holders">Rows that hold the body, in no particular order.</param>
/// <param name="Next">What is left to read; null at the end.</param>
public sealed record HolderPage(IReadOnlyList<RowKey> Holders, RowRange? Next);
