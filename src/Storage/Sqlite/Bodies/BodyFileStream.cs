using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Reads a part of a body's file, forward only. A file that was deleted meanwhile stays readable.</summary>
internal sealed class BodyFileStream : Stream
{
    private readonly SafeFileHandle file;
    private readonly long start;
    private readonly long end;
    private long offset;

    public BodyFileStream(string path, BodyRange range)
    {
        file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        offset = start = Math.Min(range.Offset, length);
        end = range.Length is { } limit ? Math.Min(start + limit, length) : length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => end - start;

    public override long Position
    {
        get => offset - start;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer[..Available(buffer.Length)], offset);
        offset += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(file, buffer[..Available(buffer.Length)], offset, cancellationToken);
        offset += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }

    private int Available(int wanted) => (int)Math.Min(wanted, end - offset);
}
