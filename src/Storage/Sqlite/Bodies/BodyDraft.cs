using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// A body while it arrives: in pooled memory up to the threshold, in a file beyond it or when the memory for all bodies
/// is used up. Disposing it removes what it did not hand over.
/// </summary>
internal sealed class BodyDraft(long id, SqliteOptions options, PendingBodies pending, BodyFiles files) : IDisposable
{
    private const int FirstLength = 4096;
    private byte[]? array;
    private SafeFileHandle? file;
    private long size;

    public async ValueTask AppendAsync(ReadOnlySequence<byte> part, CancellationToken cancellationToken)
    {
        if (file is null && TryGrow(size + part.Length))
        {
            part.CopyTo(array.AsSpan((int)size));
            size += part.Length;
            return;
        }

        file ??= await SpillAsync(cancellationToken);
        var segments = new List<ReadOnlyMemory<byte>>();
        foreach (var segment in part)
            segments.Add(segment);
        await RandomAccess.WriteAsync(file, segments, size, cancellationToken);
        size += part.Length;
    }

    /// <summary>Ends the body: in memory it waits, as a file it is durable now.</summary>
    public async ValueTask<PendingBody> FinishAsync(DateTimeOffset created, RowKey? soleHolder)
    {
        if (file is null && !TryGrow(size))
            file = await SpillAsync(CancellationToken.None);
        if (file is not null)
        {
            var handle = file;
            await Task.Run(() => files.Flush(handle, id)); // it blocks
            handle.Dispose();
            file = null;
        }

        var body = new PendingBody(id, size, created, soleHolder, array);
        array = null;
        return body;
    }

    public void Dispose()
    {
        DropMemory();
        if (file is null)
            return;
        file.Dispose();
        files.Delete(id);
    }

    private bool TryGrow(long length)
    {
        if (length > options.BodyFileThreshold)
            return false;
        var have = array?.Length ?? 0;
        if (array is not null && length <= have)
            return true;
        var wanted = Math.Max(length, Math.Min(have * 2L, options.BodyFileThreshold));
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Max(FirstLength, wanted));
        if (!pending.TryReserve(grown.Length - have))
        {
            ArrayPool<byte>.Shared.Return(grown);
            return false;
        }

        if (array is not null)
        {
            array.AsSpan(0, (int)size).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(array);
        }

        array = grown;
        return true;
    }

    private async ValueTask<SafeFileHandle> SpillAsync(CancellationToken cancellationToken)
    {
        var created = files.Create(id);
        file = created;
        if (size > 0)
            await RandomAccess.WriteAsync(created, array.AsMemory(0, (int)size), 0, cancellationToken);
        DropMemory();
        return created;
    }

    private void DropMemory()
    {
        if (array is null)
            return;
        pending.Unreserve(array.Length);
        ArrayPool<byte>.Shared.Return(array);
        array = null;
    }
}
