using Microsoft.Win32.SafeHandles;

namespace Orleans.Mail.Tools.Formats;

/// <summary>Reads a part of a mail file through filters, forward only, in bounded memory.</summary>
/// <param name="file">The file.</param>
/// <param name="start">The first octet.</param>
/// <param name="end">The octet after the last.</param>
/// <param name="ownsFile">Whether the file closes with the stream.</param>
/// <param name="filters">What becomes of the octets.</param>
internal sealed class MailFileStream(SafeFileHandle file, long start, long end, bool ownsFile, params ITextFilter[] filters) : Stream
{
    private const int BlockLength = 64 * 1024;

    private readonly byte[] block = new byte[BlockLength];
    private readonly FilterChain chain = new(filters);
    private ReadOnlyMemory<byte> ready;
    private long position = start;
    private bool completed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (ready.IsEmpty && !completed)
        {
            var wanted = (int)Math.Min(BlockLength, end - position);
            var read = wanted == 0 ? 0 : await RandomAccess.ReadAsync(file, block.AsMemory(0, wanted), position, cancellationToken);
            position += read;
            completed = read == 0 || position == end;
            ready = chain.Run(block.AsMemory(0, read), completed);
        }

        var length = Math.Min(buffer.Length, ready.Length);
        ready[..length].CopyTo(buffer);
        ready = ready[length..];
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (ownsFile)
            file.Dispose();
        base.Dispose(disposing);
    }
}
