namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>A client's stream that sends the first thing written, its ClientHello, in pieces, as networks do.</summary>
/// <param name="inner">What it goes out by.</param>
/// <param name="cut">Makes pieces of it.</param>
/// <param name="pause">Waits before the next piece, so that the server sees each alone.</param>
internal sealed class CutStream(Stream inner, Func<byte[], IEnumerable<byte[]>> cut, Func<Task> pause) : Stream
{
    private bool saidHello;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Octets that the client wrote first.</summary>
    public int HelloLength { get; private set; }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (saidHello)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }

        saidHello = true;
        HelloLength = buffer.Length;
        foreach (var piece in cut(buffer.ToArray()))
        {
            await pause();
            await inner.WriteAsync(piece, cancellationToken);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
