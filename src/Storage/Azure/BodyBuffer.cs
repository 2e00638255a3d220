using System.Buffers;

namespace Orleans.Mail.Storage.Azure;

/// <summary>What has come of a body and is not sent yet: pooled memory that grows to one block.</summary>
internal sealed class BodyBuffer(int capacity) : IDisposable
{
    private const int FirstLength = 16 * 1024;

    private byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Min(FirstLength, capacity));

    public int Length { get; private set; }

    public bool IsFull => Length == capacity;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    /// <summary>Takes as much as fits, and says how much that was.</summary>
    public int Append(ReadOnlySpan<byte> octets)
    {
        var taken = Math.Min(octets.Length, capacity - Length);
        if (Length + taken > bytes.Length)
            Grow(Length + taken);
        octets[..taken].CopyTo(bytes.AsSpan(Length));
        Length += taken;
        return taken;
    }

    public Stream OpenRead() => new MemoryStream(bytes, 0, Length, writable: false);

    public void Clear() => Length = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(2 * bytes.Length, length), capacity));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
