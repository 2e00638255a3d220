using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// The transport of a connection as the stream that <see cref="System.Net.Security.SslStream"/> wants. A read of nothing
/// waits for octets without holding a buffer for them; what is written waits for nothing, and goes out with the next flush.
/// </summary>
internal sealed class TransportStream(IDuplexPipe transport) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await transport.Input.ReadAsync(cancellationToken);
        var input = result.Buffer;
        var count = result.IsCanceled ? 0 : (int)Math.Min(input.Length, buffer.Length);
        input.Slice(0, count).CopyTo(buffer.Span);
        transport.Input.AdvanceTo(input.GetPosition(count));
        return result.IsCanceled ? throw new OperationCanceledException() : count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        var result = await transport.Output.FlushAsync(cancellationToken);
        if (result.IsCompleted)
            throw new ConnectionAbortedException("the client is gone");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("reads are asynchronous");

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // So a PipeWriter writes that is completed with something left in it.
    public override void Write(ReadOnlySpan<byte> buffer) => transport.Output.Write(buffer);

    public override void Flush()
    {
        // What was written goes out when the transport completes.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
