using System.Buffers;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A body that waits for the first batch that requires it: its bytes in a pooled array, or its file.</summary>
internal sealed class PendingBody(long id, long size, DateTimeOffset created, RowKey? soleHolder, byte[]? array)
{
    private readonly object gate = new();
    private byte[]? array = array;

    public long Id => id;

    public long Size => size;

    public DateTimeOffset Created => created;

    public RowKey? SoleHolder => soleHolder;

    public BodyPlace Place { get; } = array is null ? BodyPlace.File : BodyPlace.Row;

    /// <summary>Memory that it holds.</summary>
    public long Reserved { get; } = array?.Length ?? 0;

    /// <summary>The bytes. Only the writer thread may use it, which is also the one that releases them.</summary>
    public ReadOnlySpan<byte> Bytes => array.AsSpan(0, (int)size);

    /// <summary>A copy of a part; null when the bytes are gone, because they are in the database or were given up.</summary>
    public Stream? TryRead(BodyRange range)
    {
        lock (gate)
            return array is null ? null : PooledBodyStream.Copy(array.AsSpan(0, (int)size), range);
    }

    public void Release()
    {
        lock (gate)
        {
            if (array is not null)
                ArrayPool<byte>.Shared.Return(array);
            array = null;
        }
    }
}
