using System.Buffers;

namespace Orleans.Mail.Relay.Connections;

/// <summary>What is to be sent, in a pooled array that is held only while there is something in it.</summary>
internal sealed class OutputBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>A small message and its end are one write; larger ones go in pieces of about this size.</summary>
    public const int FlushLength = 64 * 1024;

    private const int FirstLength = 2048;

    // A block more than what is flushed, and some dots.
    private const int LongestLength = FlushLength + (36 * 1024);
    private const int DotsLength = 512;

    private byte[] array = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => array.AsMemory(0, Length);

    /// <summary>Makes room at once for a message of <paramref name="size"/> octets, or for as much of it as is sent at a time.</summary>
    public void Reserve(long size)
    {
        if (Length == 0)
            Grow((int)Math.Min(size + DotsLength, LongestLength));
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return array.AsSpan(Length);
    }

    /// <summary>Forgets what was written and gives the array back.</summary>
    public void Clear()
    {
        Length = 0;
        Give(array);
        array = [];
    }

    public void Dispose() => Clear();

    private void Grow(int sizeHint)
    {
        var wanted = Length + Math.Max(sizeHint, 1);
        if (wanted <= array.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(wanted, array.Length * 2), FirstLength));
        Written.CopyTo(larger);
        Give(array);
        array = larger;
    }

    private static void Give(byte[] array)
    {
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }
}
