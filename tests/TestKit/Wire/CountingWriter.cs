using System.IO.Pipelines;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>A pipe's writer that counts how often its user flushed: each would be a packet.</summary>
internal sealed class CountingWriter(PipeWriter inner) : PipeWriter
{
    private int flushes;

    public int Flushes => Volatile.Read(ref flushes);

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref flushes);
        return inner.FlushAsync(cancellationToken);
    }

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
