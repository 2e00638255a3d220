using System.Buffers;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>The bytes of a small body in a pooled array, which goes back when the stream is disposed.</summary>
internal sealed class PooledBodyStream : MemoryStream
{
    private byte[]? array;

    private PooledBodyStream(byte[] array, int length)
        : base(array, 0, length, writable: false, publiclyVisible: true) => this.array = array;

    public static PooledBodyStream Copy(ReadOnlySpan<byte> body, BodyRange range)
    {
        var part = body[(int)Math.Min(range.Offset, body.Length)..];
        if (range.Length < part.Length)
            part = part[..(int)range.Length.Value];
        var array = ArrayPool<byte>.Shared.Rent(part.Length);
        part.CopyTo(array);
        return new PooledBodyStream(array, part.Length);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref array, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
