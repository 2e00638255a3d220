namespace Orleans.Mail.Gateway.Tests.Tls;

/// <summary>A stream that remembers what was read from it: what the server sends in a handshake, as anybody on the way sees it.</summary>
internal sealed class TappedStream(Stream inner) : Stream
{
    private readonly MemoryStream heard = new();

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake messages that were not encrypted (RFC 8446 4, RFC 5246 7.4): type and content.</summary>
    public IReadOnlyList<(byte Type, byte[] Content)> Messages()
    {
        const byte handshake = 22;
        var records = heard.ToArray().AsSpan();
        var plain = new MemoryStream();
        while (records.Length > 5 && records[0] == handshake) // the first of another kind changes the cipher
        {
            var length = (records[3] << 8) | records[4];
            plain.Write(records.Slice(5, length));
            records = records[(5 + length)..];
        }

        var messages = new List<(byte, byte[])>();
        for (var rest = plain.ToArray().AsSpan(); rest.Length > 0;)
        {
            var length = (rest[1] << 16) | (rest[2] << 8) | rest[3];
            messages.Add((rest[0], rest.Slice(4, length).ToArray()));
            rest = rest[(4 + length)..];
        }

        return messages;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        heard.Write(buffer.Span[..count]);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
