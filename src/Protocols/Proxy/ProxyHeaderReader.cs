using System.Buffers;

namespace Orleans.Mail.Protocols.Proxy;

/// <summary>
/// Reads the header that a proxy sends before anything else (HAProxy's proxy-protocol.txt, sections 2.1 and 2.2). What
/// it decides depends on the octets alone and never on the pieces in which they came.
/// </summary>
public static class ProxyHeaderReader
{
    /// <summary>Whether the octets begin with either version's signature.</summary>
    public static bool IsStartOf(ReadOnlySpan<byte> octets) =>
        octets.StartsWith(ProxyLine.Signature) || octets.StartsWith(ProxyBlock.Signature);

    /// <summary>Takes the header off <paramref name="input"/> when it is <see cref="ProxyRead.Done"/>; else leaves it as it is.</summary>
    public static ProxyRead TryRead(ref ReadOnlySequence<byte> input, out ProxyHeader header)
    {
        header = ProxyHeader.Unknown;
        if (input.IsEmpty)
            return ProxyRead.NeedsMore;
        return input.FirstSpan[0] == ProxyLine.Signature[0]
            ? ProxyLine.TryRead(ref input, ref header)
            : ProxyBlock.TryRead(ref input, ref header);
    }

    /// <summary>Whether the input and the signature are equal as far as both go.</summary>
    internal static bool Agree(in ReadOnlySequence<byte> input, ReadOnlySpan<byte> signature)
    {
        Span<byte> start = stackalloc byte[signature.Length];
        var length = (int)Math.Min(input.Length, start.Length);
        input.Slice(0, length).CopyTo(start);
        return start[..length].SequenceEqual(signature[..length]);
    }
}
