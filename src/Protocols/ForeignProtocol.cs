using System.Buffers;
using Orleans.Mail.Protocols.Proxy;

namespace Orleans.Mail.Protocols;

/// <summary>
/// Knows the first octets of clients that talk another protocol to a plain port: a TLS hello, HTTP, by which a browser
/// can be made to send a web page's text as commands, or the PROXY header of somebody who is no trusted proxy. Such a
/// connection is closed, not answered.
/// </summary>
public static class ForeignProtocol
{
    private const int Enough = 512;
    private const byte TlsHandshake = 0x16;

    /// <summary>Whether what a client has sent so far, from its first octet on, is surely another protocol.</summary>
    public static bool IsStartOf(in ReadOnlySequence<byte> received)
    {
        if (received.IsEmpty)
            return false;
        if (received.FirstSpan is [TlsHandshake, ..])
            return true;
        Span<byte> copy = stackalloc byte[Enough];
        var start = received.Length > Enough ? received.Slice(0, Enough) : received;
        start.CopyTo(copy);
        var octets = copy[..(int)start.Length];
        return ProxyHeaderReader.IsStartOf(octets) || IsHttp(octets);
    }

    // A request line: method, target, version (RFC 9112 section 3). A long target may hide the version, so a method
    // before a path is enough; no command of ours looks like it.
    private static bool IsHttp(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end].TrimEnd((byte)'\r');
        var space = line.IndexOf((byte)' ');
        if (space <= 0)
            return false;
        if (end >= 0 && line.LastIndexOf(" HTTP/"u8) > 0)
            return true;
        return IsMethod(line[..space]) && line[(space + 1)..] is [(byte)'/' or (byte)'*', ..];
    }

    private static bool IsMethod(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("GET"u8) || word.SequenceEqual("POST"u8) || word.SequenceEqual("PUT"u8)
        || word.SequenceEqual("HEAD"u8) || word.SequenceEqual("OPTIONS"u8) || word.SequenceEqual("PATCH"u8)
        || word.SequenceEqual("DELETE"u8) || word.SequenceEqual("PRI"u8);
}
