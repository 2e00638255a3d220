using System.Globalization;
using System.IO.Pipelines;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// Bodies in the embedded store. A small one waits in memory and becomes durable in the transaction of the first batch
/// that requires it; a large one is a file, durable when it is put, and its row follows with that batch.
/// </summary>
public sealed class SqliteBodyStore : IBodyStore
{
    private readonly GroupWriter writer;
    private readonly ReaderPool readers;
    private readonly PendingBodies pending;
    private readonly BodyFiles files;
    private readonly BodyIds ids;
    private readonly SqliteOptions options;
    private readonly TimeProvider time;

    internal SqliteBodyStore(
        GroupWriter writer,
        ReaderPool readers,
        PendingBodies pending,
        BodyFiles files,
        BodyIds ids,
        SqliteOptions options,
        TimeProvider time)
    {
        this.writer = writer;
        this.readers = readers;
        this.pending = pending;
        this.files = files;
        this.ids = ids;
        this.options = options;
        this.time = time;
    }

    public async ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken)
    {
        var id = ids.Next();
        using var draft = new BodyDraft(id, options, pending, files);
        bool completed;
        do
        {
            var read = await body.ReadAsync(cancellationToken);
            if (read.IsCanceled)
                throw new OperationCanceledException("reading the body was cancelled");
            try
            {
                await draft.AppendAsync(read.Buffer, cancellationToken);
            }
            catch (Exception e) when (IsDiskTrouble(e))
            {
                throw new StorageException("a body could not be written", e);
            }
            finally
            {
                body.AdvanceTo(read.Buffer.End);
            }

            completed = read.IsCompleted;
        }
        while (!completed);

        try
        {
            var put = await draft.FinishAsync(time.GetUtcNow(), hint.SoleHolder);
            pending.Add(put);
            return new BodyRef(0, (ulong)id, put.Size, put.Place, Shared: false);
        }
        catch (Exception e) when (IsDiskTrouble(e))
        {
            throw new StorageException("a body could not be made durable", e);
        }
    }

    public async ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
    {
        var id = (long)body.Low;
        try
        {
            if (body.Place == BodyPlace.File)
                return files.OpenRead(id, range);
        }
        catch (Exception e) when (IsDiskTrouble(e))
        {
            throw new StorageException($"body {id} cannot be read", e);
        }

        if (pending.Find(id)?.TryRead(range) is { } waiting)
            return waiting;
        return await readers.RunAsync(
                static (reader, part) => reader.ReadBody(part.id, part.range), (id, range), cancellationToken)
            ?? throw new StorageException($"body {id} is not there");
    }

    public async ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken)
    {
        var id = (long)body.Low;
        await writer.RunAsync(new DeleteBodyRequest(id), cancellationToken);
        if (body.Place == BodyPlace.File)
            DeleteFile(id);
    }

    public async ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageRows);
        var after = cursor is null ? -1 : long.Parse(cursor, CultureInfo.InvariantCulture);
        var bodies = await readers.RunAsync(
            static (reader, scan) => reader.ScanBodies(scan.after, scan.limit + 1), (after, limit), cancellationToken);
        if (bodies.Count <= limit)
            return new BodyPage(bodies, null);
        bodies = [.. bodies.Take(limit)];
        return new BodyPage(bodies, ((long)bodies[^1].Body.Low).ToString(CultureInfo.InvariantCulture));
    }

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken)
    {
        var counters = writer.Counters;
        return ValueTask.FromResult(new BodyUsage(counters.Bodies, counters.Bytes, pending.Files));
    }

    /// <summary>Gives up the bodies that nobody has required for too long, and the files that a backup held.</summary>
    internal async Task DropAbandonedAsync(CancellationToken cancellationToken)
    {
        files.DeleteKept();
        foreach (var body in pending.PutBefore(time.GetUtcNow() - options.PendingBodyAge))
        {
            var givenUp = await writer.RunAsync(new GiveUpBodyRequest(body.Id), cancellationToken);
            if (givenUp && body.Place == BodyPlace.File)
                DeleteFile(body.Id);
        }
    }

    /// <summary>Removes files without a row, which a crash left behind. Those of this run may still wait for theirs.</summary>
    internal async Task DropStrayFilesAsync(CancellationToken cancellationToken)
    {
        foreach (var id in files.Enumerate())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (id <= ids.Start && !await readers.RunAsync(static (reader, id) => reader.BodyExists(id), id, cancellationToken))
                DeleteFile(id);
        }
    }

    private static bool IsDiskTrouble(Exception e) => e is IOException or UnauthorizedAccessException;

    private void DeleteFile(long id)
    {
        try
        {
            files.Delete(id);
        }
        catch (Exception e) when (IsDiskTrouble(e))
        {
            throw new StorageException($"the file of body {id} could not be removed", e);
        }
    }
}
