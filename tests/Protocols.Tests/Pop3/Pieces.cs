using System.Buffers;

namespace Orleans.Mail.Protocols.Tests.Pop3;

/// <summary>A sequence of octets in several segments, as a pipe hands them out.</summary>
internal sealed class Pieces : ReadOnlySequenceSegment<byte>
{
    private Pieces(ReadOnlyMemory<byte> memory, long start)
    {
        Memory = memory;
        RunningIndex = start;
    }

    /// <param name="octets">All octets.</param>
    /// <param name="length">The length of a segment; the last may be shorter.</param>
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> octets, int length)
    {
        var first = new Pieces(octets[..Math.Min(length, octets.Length)], 0);
        var last = first;
        for (var at = first.Memory.Length; at < octets.Length; at += last.Memory.Length)
        {
            var next = new Pieces(octets.Slice(at, Math.Min(length, octets.Length - at)), at);
            last.Next = next;
            last = next;
        }

        return new(first, 0, last, last.Memory.Length);
    }
}
