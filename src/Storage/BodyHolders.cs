using System.Globalization;

namespace Orleans.Mail.Storage;

/// <summary>
/// Who holds a body that several rows use. A body's partition has a row <c>root</c> and a row <c>h!…</c> for each holder;
/// every change replaces the root by ETag, so that an add and the last release cannot miss each other. Holders stand
/// before the rows that use the body, and are released after those are gone. Changes of this process take turns
/// (<see cref="HolderQueue"/>), so only processes stand in each other's way. Everything is idempotent: repeat a call whose
/// outcome is unknown.
/// </summary>
public sealed class BodyHolders
{
    private const string Root = "root";
    private const string HolderPrefix = "h!";
    private const byte Format = 1;

    /// <summary>Tries against other processes that change the same body.</summary>
    private const int Attempts = 32;

    private const int MostDoublings = 6;

    private readonly IRowStore rows;
    private readonly IBodyStore bodies;
    private readonly HolderQueue queue;

    public BodyHolders(IRowStore rows, IBodyStore bodies)
    {
        this.rows = rows;
        this.bodies = bodies;
        queue = new HolderQueue(WriteAsync);
    }

    /// <summary>Makes <paramref name="holders"/> hold the body, durably; the body becomes durable with them.</summary>
    /// <returns>The shared reference that the holders' rows must carry.</returns>
    /// <exception cref="StorageException">The body is not there (never put, given up, or being deleted), or the store is in trouble.</exception>
    public async ValueTask<BodyRef> ShareAsync(BodyRef body, IReadOnlyList<RowKey> holders, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(holders.Count);
        var shared = body with { Shared = true };
        foreach (var part in holders.Distinct().Chunk(HolderChange.MaxHolders))
            await queue.WriteAsync(new HolderChange(shared, part.ToDictionary(KeyOf), isRelease: false, cancellationToken));
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

        var holders = new Dictionary<string, RowKey> { [KeyOf(holder)] = holder };
        await queue.WriteAsync(new HolderChange(body, holders, isRelease: true, cancellationToken));
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

    private async Task WriteAsync(IReadOnlyList<HolderChange> changes, CancellationToken cancellationToken)
    {
        var body = changes[0].Body;
        var added = changes.Where(static change => !change.IsRelease).SelectMany(static change => change.Holders).ToList();
        var released = changes.Where(static change => change.IsRelease).SelectMany(static change => change.Holders.Keys).ToHashSet(StringComparer.Ordinal);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var root = await ReadRootAsync(body, cancellationToken);
            if (root is { Dying: true } dying)
            {
                var refusal = new StorageException($"body {body.Low:x} is being deleted");
                foreach (var late in changes.Where(static change => !change.IsRelease))
                    late.Fail(refusal);
                if (released.Count > 0)
                    await FinishAsync(body, dying.ETag, cancellationToken);
                return;
            }

            if (root is null && added.Count == 0)
                return; // released before
            var isLast = added.Count == 0 && !await HasOthersAsync(body, released, cancellationToken);
            var result = await rows.CommitSettledAsync(NewBatch(body, root, isLast, added, released), cancellationToken);
            switch (result.Outcome)
            {
                case CommitOutcome.Done when isLast:
                    await FinishAsync(body, result.ETags[0], cancellationToken);
                    return;
                case CommitOutcome.Done:
                    return;
                case CommitOutcome.BodyMissing:
                    throw new StorageException($"body {body.Low:x} is not there");
            }

            await Task.Delay(Random.Shared.Next(1 << Math.Min(attempt, MostDoublings)), cancellationToken);
        }

        throw TooBusy(body);
    }

    private static RowBatch NewBatch(
        BodyRef body, BodyRoot? root, bool dying, IEnumerable<KeyValuePair<string, RowKey>> added, IEnumerable<string> released)
    {
        var batch = new RowBatch(PartitionOf(body));
        if (root is { } known)
        {
            batch.Replace(Root, WriteRoot(body, dying), known.ETag);
            foreach (var key in released)
                batch.Delete(key);
        }
        else
        {
            batch.Insert(Root, WriteRoot(body, dying)).Require(body); // and nobody holds it who could let go
        }

        foreach (var (key, holder) in added)
            batch.Upsert(key, WriteHolder(holder));
        return batch;
    }

    private async ValueTask<bool> HasOthersAsync(BodyRef body, HashSet<string> released, CancellationToken cancellationToken) =>
        (await rows.ScanAsync(AllHolders(body), released.Count + 1, cancellationToken)).Rows.Any(row => !released.Contains(row.Key));

    // The root goes last: while it stands and is dying, nobody can add a holder to a body that is about to go.
    private async ValueTask FinishAsync(BodyRef body, ETag root, CancellationToken cancellationToken)
    {
        await bodies.DeleteAsync(body, cancellationToken);
        while (true)
        {
            var page = await rows.ScanAsync(AllHolders(body), HolderChange.MaxHolders, cancellationToken);
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
