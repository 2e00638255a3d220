using System.Buffers;

namespace Orleans.Mail.Protocols.Tests.Smtp;

/// <summary>Octets in several segments, as a pipe may hand them over.</summary>
internal static class Pieces
{
    /// <summary>One sequence whose segments end where <paramref name="cuts"/> say; cuts outside are ignored.</summary>
    public static ReadOnlySequence<byte> Of(byte[] octets, params int[] cuts)
    {
        var ends = cuts.Where(cut => cut > 0 && cut < octets.Length).Distinct().Order().Append(octets.Length);
        Segment? first = null, last = null;
        var start = 0;
        foreach (var end in ends)
        {
            last = new Segment(octets.AsMemory(start, end - start), last);
            first ??= last;
            start = end;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
